-- The built-in mailbox. Owner: mailbox.

create table mailbox_message (
    id           bigint        not null auto_increment primary key,
    run_id       bigint        null,
    n            int           null,
    campaign     varchar(190)  not null default '',
    sender       varchar(320)  not null comment 'envelope sender',
    recipient    varchar(320)  not null comment 'envelope recipient',
    from_header  varchar(998)  not null,
    subject      varchar(998)  not null comment 'decoded',
    message_id   varchar(255)  not null,
    size         int           not null,
    received_at  datetime(6)   not null,
    unique key mailbox_row (run_id, n) comment 'sent again after a crash, a mail is kept once'
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- apart from the list, so that a page of the list reads no mails
create table mailbox_source (
    message_id  bigint    not null primary key,
    source      longblob  not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
