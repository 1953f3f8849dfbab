-- The answers to requests that a program may send twice (Idempotency-Key), for 24 hours. Owner: nodes.

create table request_key (
    name        varchar(255)  not null primary key comment 'as sent',
    fingerprint binary(32)    not null comment 'SHA-256 of method, path and body',
    node_id     int           not null,
    epoch       int           not null comment 'of the life that does the work',
    since       datetime(6)   not null,
    status      smallint      null     comment 'null: under way, or its life ended in the middle',
    headers     text          null     comment 'Name: value, a line each',
    body        mediumblob    null,
    key request_key_since (since)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
