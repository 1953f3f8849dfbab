-- Who must not be mailed, and why. Owner: suppression.

create table suppression (
    id          bigint         not null auto_increment primary key,
    address     varchar(320)   not null comment 'canonical',
    scope       varchar(200)   not null default 'global' comment 'global | identity:NAME | list:NAME',
    reason      varchar(20)    not null comment 'unsubscribe hard_bounce complaint manual import',
    evidence    varchar(1000)  not null default '',
    row_ref     varchar(40)    null comment 'the ledger row that led to it, RUN.N',
    created_at  datetime(6)    not null,
    expires_at  datetime(6)    null comment 'null: never',
    changed_at  datetime(6)    not null comment 'by the database''s clock, so that every node''s feed reads the same time',
    unique key suppression_who (address, scope),
    key suppression_changed (changed_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- what was removed, when and by whom: an undo leaves its trace
create table suppression_removed (
    id          bigint         not null,
    address     varchar(320)   not null,
    scope       varchar(200)   not null,
    reason      varchar(20)    not null,
    evidence    varchar(1000)  not null,
    row_ref     varchar(40)    null,
    created_at  datetime(6)    not null,
    removed_at  datetime(6)    not null comment 'by the database''s clock, for the feeds',
    note        varchar(1000)  not null,
    primary key (id),
    key suppression_removed_at (removed_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
