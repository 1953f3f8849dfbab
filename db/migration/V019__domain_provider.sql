-- Which mailbox provider a domain is of, and what its DNS said of its mail. Owner: pacing. See db/README.md.

create table domain_provider (
    domain        varchar(255)  not null primary key comment 'as A-label, lower case',
    provider      varchar(255)  not null,
    mx            varchar(500)  not null comment 'the best mail exchanger; empty if it has none',
    dead          varchar(500)  not null comment 'why it takes no mail, for certain; empty: it does',
    looked_up_at  datetime(6)   not null,
    expires       datetime(6)   not null,
    key domain_provider_expires (expires)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
