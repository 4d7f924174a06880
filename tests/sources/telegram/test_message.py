from pathlib import Path

from sources.records import Message, Reaction
from tests.reading import Read, read_archive, source
from tests.sources.telegram.archives import kinds
from tests.sources.telegram.export_builder import Page, photo, write

TIME = "05.03.2024 10:00:00 UTC+00:00"
LATER = "05.03.2024 10:01:00 UTC+00:00"


def read(tmp_path: Path, *pages: Page) -> Read:
    write(tmp_path / "chat", *(page.html() for page in pages))
    reading = read_archive(source("telegram"), tmp_path)
    assert reading.account.balanced
    assert not reading.problems
    return reading.items[0]


def one(tmp_path: Path, page: Page) -> Message:
    return read(tmp_path, page).messages[-1]


def start() -> Page:
    return Page("Acme support").separator(1, "5 March 2024")


def test_joined_message_takes_the_author_of_the_headed_one_before(tmp_path: Path) -> None:
    page = start().message(1, TIME, "Hello", author="Ada Moss").message(2, LATER, "again")
    assert [m.author for m in read(tmp_path, page).messages] == ["Ada Moss", "Ada Moss"]


def test_joined_message_at_the_top_of_a_page_has_no_author(tmp_path: Path) -> None:
    first = start().message(1, TIME, "Hello", author="Ada Moss")
    second = Page("Acme support").message(2, LATER, "whose is this?")
    found = read(tmp_path, first, second)
    assert found.messages[1].author is None
    assert kinds(found)["author_unknown"] == 1


def test_joined_message_after_a_service_message_has_no_author(tmp_path: Path) -> None:
    page = start().message(1, TIME, "Hello", author="Ada Moss")
    found = read(tmp_path, page.service(2, "Ada Moss took a screenshot").message(3, LATER, "?"))
    assert found.messages[2].author is None


def test_message_whose_header_is_out_of_its_place_is_not_given_to_the_one_before(
    tmp_path: Path,
) -> None:
    page = start().message(1, TIME, "Hello", author="Ada Moss")
    html = page.message(2, LATER, "Secret", author="Bel Ruiz").html()
    at = html.index('<div class="body">', html.index('id="message2"'))
    write(tmp_path / "chat", html[:at] + "</div>" + html[at:])
    (found,) = read_archive(source("telegram"), tmp_path).items
    assert found.messages[1].author != "Ada Moss"


def test_joined_forward_keeps_its_own_author_and_names_the_origin(tmp_path: Path) -> None:
    page = start().message(1, TIME, "Look", author="Ada Moss")
    page.message(2, LATER, "News", origin="Bel Ruiz", origin_time="14.10.2019 21:30:42 UTC+00:00")
    page.message(3, LATER, "Well?")
    forwarded, following = read(tmp_path, page).messages[1:]
    assert (forwarded.author, forwarded.text) == ("Ada Moss", "News")
    assert forwarded.forwarded_from == "Bel Ruiz"
    assert forwarded.forwarded_at == "2019-10-14T21:30:42Z"
    assert (following.author, following.forwarded_from) == ("Ada Moss", None)


def test_forward_without_a_zone_prints_its_time_in_the_text_only(tmp_path: Path) -> None:
    page = start().message(
        1, "05.03.2019 10:00:00", "x", author="A", origin="B", origin_time="14.10.2018 21:30:42"
    )
    message = one(tmp_path, page)
    assert (message.forwarded_from, message.forwarded_at) == ("B", "2018-10-14T21:30:42Z")


def test_run_of_forwards_inherits_the_origin(tmp_path: Path) -> None:
    page = start().message(1, TIME, "one", author="Ada", origin="Bel", origin_time=TIME)
    page.message(2, TIME, "two", forwarded=True).message(3, TIME, "three", forwarded=True)
    assert [m.forwarded_from for m in read(tmp_path, page).messages] == ["Bel"] * 3


def test_forward_without_any_origin_is_reported(tmp_path: Path) -> None:
    page = start().message(1, TIME, "one", author="Ada").message(2, TIME, "two", forwarded=True)
    found = read(tmp_path, page)
    assert found.messages[1].text == "two"
    assert found.messages[1].forwarded_from is None
    assert kinds(found)["origin_unknown"] == 1


def test_origin_is_not_inherited_over_a_message_in_between(tmp_path: Path) -> None:
    page = start().message(1, TIME, "one", author="Ada", origin="Bel", origin_time=TIME)
    page.message(2, TIME, "my own").message(3, TIME, "two", forwarded=True)
    assert [m.forwarded_from for m in read(tmp_path, page).messages] == ["Bel", None, None]


def test_date_separator_is_no_message(tmp_path: Path) -> None:
    write(tmp_path, start().message(1, TIME, "Hello", author="Ada").html())
    reading = read_archive(source("telegram"), tmp_path)
    assert reading.account.ignored == {"date_separator": 1}
    assert reading.account.accepted == 1


def test_migrated_history_has_negative_ids_and_stays(tmp_path: Path) -> None:
    page = start().service(-999_999_944, "Ada created group &laquo;1 May 2020&raquo;")
    page.message(-999_999_943, TIME, "old", author="Ada").message(1, LATER, "new", author="Ada")
    found = read(tmp_path, page)
    assert [m.message_id for m in found.messages] == ["-999999944", "-999999943", "1"]
    assert found.messages[0].is_service


def test_migrated_service_message_that_reads_like_a_date_is_a_message(tmp_path: Path) -> None:
    found = read(tmp_path, Page("Acme").service(-999_999_943, "5 March 2024"))
    assert [m.text for m in found.messages] == ["5 March 2024"]


def test_small_negative_id_without_a_date_is_a_message(tmp_path: Path) -> None:
    found = read(tmp_path, start().service(-2, "Ada pinned a message of 5 March 2024"))
    assert found.messages[0].text == "Ada pinned a message of 5 March 2024"


def test_service_message_has_a_day_and_no_time(tmp_path: Path) -> None:
    page = start().service(7, "Ada Moss joined group by link from Bel")
    message = one(tmp_path, page)
    assert (message.timestamp, message.date) == (None, "2024-03-05")
    assert (message.author, message.subtype) == ("Ada Moss", "joined_by_link")
    assert (message.message_type, message.is_service) == ("service", True)


def test_service_message_keeps_the_new_photo_and_what_it_points_to(tmp_path: Path) -> None:
    link = '<a href="#go_to_message4" onclick="return GoToMessage(4)">this message</a>'
    page = start().service(7, f"Ada pinned {link}", photo="photos/a.jpg")
    message = one(tmp_path, page)
    assert (message.text, message.reply_to) == ("Ada pinned this message", "4")
    assert message.media[0].path == "photos/a.jpg"


def test_reply_within_the_page_and_across_pages(tmp_path: Path) -> None:
    here = 'In reply to <a href="#go_to_message1" onclick="return GoToMessage(1)">this message</a>'
    there = 'In reply to <a href="messages12.html#go_to_message-999999943">this message</a>'
    page = start().message(1, TIME, "a", author="A", reply=here).message(2, TIME, "b", reply=there)
    assert [m.reply_to for m in read(tmp_path, page).messages] == ["1", "-999999943"]


def test_reply_to_another_chat_has_no_id(tmp_path: Path) -> None:
    text = "In reply to a message in another chat"
    message = one(tmp_path, start().message(1, TIME, "a", author="A", reply=text))
    assert (message.reply_to, message.reply_elsewhere) == (None, True)


def test_via_bot_is_split_off_the_name(tmp_path: Path) -> None:
    message = one(tmp_path, start().message(1, TIME, "a", author="Via @ Lane via @acme_bot"))
    assert (message.author, message.via_bot) == ("Via @ Lane", "acme_bot")


def test_via_bot_of_a_forward_is_split_off_the_origin(tmp_path: Path) -> None:
    page = start().message(1, TIME, "a", author="Ada", origin="Bel via @gif", origin_time=TIME)
    message = one(tmp_path, page)
    assert (message.author, message.forwarded_from, message.via_bot) == ("Ada", "Bel", "gif")


def test_name_is_unescaped_and_stripped(tmp_path: Path) -> None:
    assert one(tmp_path, start().message(1, TIME, "a", author="O'Neil & <Co> ")).author == (
        "O'Neil & <Co>"
    )


def test_line_breaks_stay_and_no_spaces_are_invented(tmp_path: Path) -> None:
    text = "un<strong>believ</strong>able<br><br>b &lt;i&gt;<br>"
    message = one(tmp_path, start().message(1, TIME, text, author="A"))
    assert message.text == "unbelievable\n\nb <i>\n"


def test_spaces_and_line_breaks_at_the_ends_of_a_text_stay(tmp_path: Path) -> None:
    message = one(tmp_path, start().message(1, TIME, "<br> a <br> ", author="A"))
    assert message.text == "\n a \n "


def test_code_block_keeps_its_first_line_break(tmp_path: Path) -> None:
    text = "see<pre><br>x = 1<br></pre>"
    assert one(tmp_path, start().message(1, TIME, text, author="A")).text == "see\nx = 1\n"


def test_spoiler_stays_in_the_text(tmp_path: Path) -> None:
    text = '<span class="spoiler hidden"><span aria-hidden="true">secret</span></span>!'
    assert one(tmp_path, start().message(1, TIME, text, author="A")).text == "secret!"


def test_control_characters_do_no_harm(tmp_path: Path) -> None:
    message = one(tmp_path, start().message(1, TIME, "a&#x00;b&#x01;c&#x09;d&#x0D;e", author="A"))
    assert message.text == "a\ufffdb\x01c\td\re"


def test_only_addresses_are_links(tmp_path: Path) -> None:
    text = (
        '<a href="https://acme.example/a?b=1&amp;c">x</a> <a href="mailto:ada@acme.example">m</a> '
        '<a href="tel:+1555">t</a> <a href="tg://resolve?domain=x">g</a> '
        '<blockquote><a href="http://b.example">y</a></blockquote>'
        '<a href="" onclick="return ShowHashtag(&quot;x&quot;)">#x</a> '
        '<a href = "stickers/s.webp">🙂</a> <a href="" onclick="return ShowBotCommand()">/go</a>'
        '<a href="https://acme.example/a?b=1&amp;c">again</a>'
    )
    message = one(tmp_path, start().message(1, TIME, text, author="A"))
    assert message.links == (
        "https://acme.example/a?b=1&c",
        "mailto:ada@acme.example",
        "tel:+1555",
        "tg://resolve?domain=x",
        "http://b.example",
    )
    assert message.mentions == ()


def test_mentions_by_username_and_by_name(tmp_path: Path) -> None:
    text = (
        '<a href="https://t.me/bel">@bel</a> '
        '<a href="" onclick="return ShowMentionName()">Cy Low</a> '
        '<a href="https://t.me/acme/12">a post</a>'
    )
    message = one(tmp_path, start().message(1, TIME, text, author="A"))
    assert message.mentions == ("@bel", "Cy Low")
    assert message.links == ("https://t.me/acme/12",)


def test_reactions_in_both_markups(tmp_path: Path) -> None:
    marks = [("👍", ["Bel Ruiz", "Cy"], None), ("❤", ["Bel Ruiz"], 7), ("🔥", [], 3)]
    expected = (
        Reaction(emoji="👍", count=2, people=("Bel Ruiz", "Cy")),
        Reaction(emoji="❤", count=7, people=("Bel Ruiz",)),
        Reaction(emoji="🔥", count=3),
    )
    for tag in ("span", "div"):
        page = start().message(1, TIME, "a", author="A", reactions=marks, reaction_tag=tag)
        message = one(tmp_path, page)
        assert (message.reactions, message.text) == (expected, "a")


def test_reaction_of_ones_own_paid_and_custom(tmp_path: Path) -> None:
    custom = '<a href="" onclick="return ShowNotLoadedEmoji();">🫡</a>'
    marks = [("⭐", [], 1_500), (custom, ["Bel Ruiz"], None), ("👍", ["Bel Ruiz"], None)]
    expected = (
        Reaction(emoji="⭐", count=1_500),
        Reaction(emoji="🫡", count=1, people=("Bel Ruiz",)),
        Reaction(emoji="👍", count=1, people=("Bel Ruiz",)),
    )
    for tag in ("span", "div"):
        page = start().message(1, TIME, "a", author="A", reactions=marks, reaction_tag=tag)
        html = page.html().replace('class="reaction"', 'class="reaction active paid"')
        write(tmp_path, html)
        message = read_archive(source("telegram"), tmp_path).items[0].messages[0]
        assert (message.reactions, message.text, message.links) == (expected, "a", ())


def test_people_who_reacted_take_part(tmp_path: Path) -> None:
    found = read(
        tmp_path, start().message(1, TIME, "a", author="A", reactions=[("👍", ["B"], None)])
    )
    assert found.head.participants == ("A", "B")  # type: ignore[union-attr]
    assert found.head.unique_authors == ("A",)  # type: ignore[union-attr]


def test_reactions_of_a_forward_stand_outside_it(tmp_path: Path) -> None:
    page = start().message(
        1, TIME, "a", author="A", origin="B", origin_time=TIME, reactions=[("👍", [], 2)]
    )
    assert one(tmp_path, page).reactions == (Reaction(emoji="👍", count=2),)


def test_buttons_give_their_labels_and_nothing_to_the_text(tmp_path: Path) -> None:
    rows = [[("Open <3", "https://acme.example"), ("No", "")], [("Later", "")]]
    message = one(tmp_path, start().message(1, TIME, "Pick", author="Bot", buttons=rows))
    assert (message.buttons, message.text) == (("Open <3", "No", "Later"), "Pick")


def test_addresses_of_buttons_are_links_after_those_of_the_text(tmp_path: Path) -> None:
    text = '<a href="https://acme.example/b">b</a>'
    rows = [
        [("A", "https://acme.example/a?x=1&y"), ("B", "https://acme.example/b"), ("C", "")],
        [
            ("D", "tg://resolve?domain=acme"),
            ("E", "javascript:alert(1)"),
            ("F", "HTTP://c.example"),
        ],
    ]
    message = one(tmp_path, start().message(1, TIME, text, author="Bot", buttons=rows))
    assert message.buttons == ("A", "B", "C", "D", "E", "F")
    assert message.links == (
        "https://acme.example/b",
        "https://acme.example/a?x=1&y",
        "tg://resolve?domain=acme",
        "HTTP://c.example",
    )


def test_address_in_the_label_of_a_button_is_not_its_own(tmp_path: Path) -> None:
    label = '<a href="https://evil.example">Go</a>'
    message = one(tmp_path, start().message(1, TIME, "x", author="Bot", buttons=[[(label, "")]]))
    assert message.links == ()


def test_entities_of_every_kind_leave_their_text(tmp_path: Path) -> None:
    parts = {
        "<strong>bold</strong>": "bold",
        "<em>slanted</em>": "slanted",
        "<u>under</u>": "under",
        "<s>struck</s>": "struck",
        "<code>code()</code>": "code()",
        "<pre>a = 1<br>  b</pre>": "a = 1\n  b",
        "<blockquote>quoted</blockquote>": "quoted",
        '<span class="spoiler hidden" onclick="ShowSpoiler(this)">'
        '<span aria-hidden="true">psst</span></span>': "psst",
        '<a href="" onclick="return ShowHashtag(&quot;launch&quot;)">#launch</a>': "#launch",
        '<a href="" onclick="return ShowCashtag(&quot;ACME&quot;)">$ACME</a>': "$ACME",
        '<a href="" onclick="return ShowBotCommand(&quot;go&quot;)">/go</a>': "/go",
        '<a href="#hash-old">#old</a>': "#old",
        '<a href = "stickers/s.webp">🙂</a>': "🙂",
        '<a href="" onclick="return ShowNotLoadedEmoji();">🫡</a>': "🫡",
        '<a href="" onclick="return ShowNotAvailableEmoji();">🦄</a>': "🦄",
        "4111 1111 1111 1111": "4111 1111 1111 1111",
        '<a href="mailto:ada@acme.example">ada@acme.example</a>': "ada@acme.example",
        '<a href="tel:+15550100">+15550100</a>': "+15550100",
        '<a href="https://acme.example">acme.example</a>': "acme.example",
        '<a href="https://acme.example/x">text link</a>': "text link",
        '<a href="https://t.me/bel">@bel</a>': "@bel",
        '<a href="" onclick="return ShowMentionName()">Cy Low</a>': "Cy Low",
    }
    message = one(tmp_path, start().message(1, TIME, "|".join(parts), author="A"))
    assert message.text == "|".join(parts.values())
    assert message.links == (
        "mailto:ada@acme.example",
        "tel:+15550100",
        "https://acme.example",
        "https://acme.example/x",
    )
    assert message.mentions == ("@bel", "Cy Low")


def test_service_message_names_whom_it_concerns(tmp_path: Path) -> None:
    message = one(tmp_path, start().service(7, "Ada Moss invited O&apos;Neil, Bel and Cy"))
    assert (message.author, message.subtype) == ("Ada Moss", "invited")
    assert message.targets == ("O'Neil", "Bel", "Cy")


def test_signature_of_a_post(tmp_path: Path) -> None:
    page = start().message(1, TIME, "Post", author="Acme news", signature="Ada Moss")
    message = one(tmp_path, page)
    assert (message.author, message.signature) == ("Acme news", "Ada Moss")


def test_nothing_but_the_text_is_in_the_text(tmp_path: Path) -> None:
    page = start().message(
        1,
        TIME,
        "caption",
        author="A",
        media=photo(),
        reply="In reply to a message in another chat",
        signature="S",
        reactions=[("👍", ["B"], 9)],
        buttons=[[("Go", "")]],
    )
    assert one(tmp_path, page).text == "caption"


def test_message_without_a_time_is_kept(tmp_path: Path) -> None:
    page = start().message(1, "", "a", author="A").message(2, "45.13.2024 10:00:00", "b")
    found = read(tmp_path, page)
    assert [m.timestamp for m in found.messages] == [None, None]
    assert kinds(found)["time_unreadable"] == 2


def test_unknown_block_is_reported(tmp_path: Path) -> None:
    html = start().message(1, TIME, "a", author="A").html()
    html = html.replace('<div class="text">', '<div class="novelty">\n</div>\n<div class="text">')
    write(tmp_path, html)
    found = read_archive(source("telegram"), tmp_path).items[0]
    assert found.messages[0].text == "a"
    assert kinds(found)["unknown_markup"] == 1
