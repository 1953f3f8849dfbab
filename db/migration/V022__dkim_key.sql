-- Keys that sign mail (DKIM), and when each one signs. Owner: identity.

create table dkim_key (
    id          bigint         not null auto_increment primary key,
    domain      varchar(255)   not null comment 'd=, the header From''s domain, an A-label',
    selector    varchar(63)    not null comment 's=',
    algorithm   varchar(10)    not null comment 'rsa, ed25519',
    published   varchar(1000)  not null comment 'p= of its record',
    sealed      varbinary(4000) null    comment 'the secret half, closed with the installation''s secret; null: retired',
    created_at  datetime(6)    not null,
    signs_from  datetime(6)    null     comment 'mail dated from then on; null: not yet',
    signs_until datetime(6)    null     comment 'mail dated before; null: no end',
    retired_at  datetime(6)    null,
    unique key dkim_key_selector (domain, selector)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
