-- The state is a cache of what was read: deleting it costs time, nothing else. A seal is a
-- sum over the other columns of its row.
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB, seal INTEGER NOT NULL) WITHOUT ROWID;
-- `content` is a hash of the bytes that were read, where a run was asked to make one.
CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    content TEXT,
    report BLOB NOT NULL,
    seal INTEGER NOT NULL,
    UNIQUE (source, name)
);
-- A merge is an item made of several readings; `parts` lists their ids, ascending.
CREATE TABLE merges (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    parts TEXT NOT NULL UNIQUE,
    account BLOB NOT NULL,
    items INTEGER NOT NULL,
    seal INTEGER NOT NULL
);
-- An item was read from a unit, or made by a merge. Ids are never used twice. `identity`
-- is a JSON array of the tokens it may be met under, `chunks` a sum over its chunks in order.
CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    unit INTEGER REFERENCES units (id) ON DELETE CASCADE,
    merge INTEGER REFERENCES merges (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    identity TEXT NOT NULL,
    records INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    summary BLOB NOT NULL,
    head BLOB NOT NULL,
    seal INTEGER NOT NULL
);
CREATE INDEX items_of_unit ON items (unit);
CREATE INDEX items_of_merge ON items (merge);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    data BLOB NOT NULL
);
CREATE INDEX chunks_of_item ON chunks (item);
-- Where each item stood after the last whole run; and, without kind and key, a sum over all that.
CREATE TABLE stood (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
