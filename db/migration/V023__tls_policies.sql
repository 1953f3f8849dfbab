-- What recipients' domains demand of TLS, and how it went. Owner: pacing. See db/README.md.

create table sts_policy (
    domain      varchar(255)  not null primary key comment 'as A-label, lower case',
    txt_id      varchar(32)   not null comment 'of the record it was fetched for',
    policy      mediumtext    not null comment 'as it was served, RFC 8461',
    fetched_at  datetime(6)   not null,
    expires     datetime(6)   not null,
    key sts_policy_expires (expires)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- sessions by the UTC day, in the words of RFC 8460
create table tls_result (
    day       date          not null,
    domain    varchar(255)  not null comment 'the recipients'', as A-label',
    policy    varchar(16)   not null comment 'tlsa, sts or no-policy-found',
    host      varchar(255)  not null comment 'the mail exchanger; empty: it was not about one',
    result    varchar(32)   not null comment 'success, or the failure''s result-type',
    sessions  bigint        not null,
    primary key (day, domain, policy, host, result)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
