-- A domain whose keys are all retired holds its mail, unless its owner says that it goes unsigned. Owner: identity.

alter table dkim_key
    add column unsigned_from datetime(6) null comment 'the owner gave up signing: what the end of this key holds, and mail dated from then on, leaves unsigned, until a later key''s turn; null: it waits for a key';
