-- A key whose selector a later one took stays: by its span alone it is known that mail of that date is signed. Owner: identity.

alter table dkim_key
    add column named boolean null default true comment 'true: the selector is this key''s; null: a later key took it, any number of times',
    drop key dkim_key_selector,
    add unique key dkim_key_selector (domain, selector, named);
