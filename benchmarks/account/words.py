"""What fictional people write, and what they are called, in many scripts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random


@dataclass(frozen=True)
class Language:
    """Words, people and titles of one language."""

    spoken: str
    people: tuple[str, ...]
    titles: tuple[str, ...]
    gap: str = " "

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words one by one."""
        return tuple(self.spoken.split())


ENGLISH = Language(
    spoken=(
        "the pilot starts on Monday and both teams agreed to review the numbers by Friday "
        "don't we're it's deploy node release R&D Q&A upgrade invoice contract meeting tomorrow "
        'please check whether block height > 1000 or fee < 5 still holds "as is" thanks '
        "validator synced again after restart can you share logs from last night with us "
        "sounds good let me ask our legal colleagues about that clause before signing"
    ),
    people=(
        "Ada Fern",
        "Bo Holt",
        "Cy Marsh",
        "Dee Quill",
        "Eli Stone",
        "Fay O'Neal",
        "Gus",
        "Hal",
    ),
    titles=("Acorn Freight", "Brightquay", "Cobaltmoor R&D", "Dunlin", "Emberfold"),
)
RUSSIAN = Language(
    spoken=(
        "добрый день коллеги сегодня обновили узел после перезапуска всё работает проверьте "
        "пожалуйста журнал ошибок вчера вечером была задержка договор отправили на подпись "
        "завтра созвон в десять утра спасибо большое счёт оплатили ждём ответа от банка"
    ),
    people=("Анна Лужина", "Борис Ветров", "Вера", "Глеб Ярцев", "Дина Снегова"),
    titles=("Северный Порт", "Ледник", "Янтарный Путь"),
)
ARABIC = Language(
    spoken=(
        "صباح الخير نرجو مراجعة العقد قبل يوم الخميس شكرا لكم الاجتماع القادم غدا في الصباح "
        "تم تحديث الخادم بنجاح وهل يمكن إرسال الفاتورة الجديدة اليوم"
    ),
    people=("سارة نور", "كريم الوادي", "ليلى"),
    titles=("شركة الميناء", "واحة النخيل"),
)
CHINESE = Language(
    spoken=(
        "大家好 节点 已经 升级 请 查看 日志 明天 上午 开会 合同 已 发送 谢谢 发票 没有 问题 "
        "同步 完成 周五 之前 确认 测试 网络 重新 启动"
    ),
    people=("林小雨", "陈明", "王海"),
    titles=("青山物流", "东湖科技"),
    gap="",
)
JAPANESE = Language(
    spoken="お世話に なっております 会議は 明日 午前 です よろしく お願い します 更新 完了",
    people=("青木 花", "森 太郎"),
    titles=("みなと運輸",),
    gap="",
)
HINDI = Language(
    spoken="नमस्ते कृपया बैठक कल सुबह होगी धन्यवाद अनुबंध भेज दिया गया है जाँच करें",
    people=("आशा वर्मा", "रवि"),
    titles=("नदी परिवहन",),
)
SPANISH = Language(
    spoken=(
        "buenos días el nodo está sincronizado ¿podéis revisar la factura? mañana reunión a las "
        "diez también añadimos la cláusula gracias señor"
    ),
    people=("Íñigo Peña", "Lucía Brúa", "Zoë"),
    titles=("Peñalta", "Río Claro"),
)
LANGUAGES = (ENGLISH,) * 11 + (RUSSIAN,) * 4 + (ARABIC, CHINESE, CHINESE, JAPANESE, HINDI, SPANISH)
EMOJI = ("👍", "🔥", "🎉", "🙏", "😀", "👨‍👩‍👧", "🏳️‍🌈", "❤️", "🇪🇺", "🚀")
BOTS = ("gif", "pic", "helper_bot", "PollBot")
_SYLLABLES = ("ba", "den", "fo", "gar", "hil", "jo", "kel", "lin", "mor", "nu", "pet", "ros", "vi")
NOBODY = "Deleted Account"


def sentence(rng: Random, language: Language, count: int) -> str:
    """So many words, one after the other, now and then an emoji."""
    spoken = rng.choices(language.words, k=count)
    if rng.random() < 0.12:
        spoken.append(rng.choice(EMOJI))
    return language.gap.join(spoken)


def stranger(rng: Random, language: Language) -> str:
    """Somebody that only one chat knows; one in ten has no last name."""
    first = rng.choice(language.people).partition(" ")[0]
    last = "".join(rng.choices(_SYLLABLES, k=3)).capitalize()
    return f"{first} {last}" if rng.random() < 0.9 else f"{first}{last.lower()}"


def printed_name(name: str) -> str:
    """As tdesktop prints it: first name, a space, last name, though there may be none."""
    return name if " " in name else f"{name} "
