-- Contacts, their immutable attribute versions, lists, and imports with a verdict for every row. Owner: audience.

create table contact (
    id          bigint        not null auto_increment primary key,
    address     varchar(320)  not null comment 'canonical: the key for duplicates, suppressions and exclusions',
    written     varchar(320)  not null comment 'as the person wrote it; what RCPT TO names',
    domain      varchar(255)  not null comment 'A-label, lower case',
    version     int           not null default 1 comment 'the attribute version in force',
    created_at  datetime(6)   not null default now(6),
    updated_at  datetime(6)   not null default now(6),
    unique key contact_address (address)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table contact_version (
    contact_id  bigint        not null,
    version     int           not null,
    attributes  longtext      not null comment 'a JSON object of strings, keys in order; a missing attribute is not there',
    created_at  datetime(6)   not null default now(6),
    primary key (contact_id, version)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table list (
    id          bigint        not null auto_increment primary key,
    name        varchar(190)  not null,
    created_at  datetime(6)   not null,
    unique key list_name (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table list_member (
    list_id     bigint        not null,
    contact_id  bigint        not null,
    primary key (list_id, contact_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table import (
    id          bigint        not null auto_increment primary key,
    file        varchar(255)  not null,
    list_id     bigint        not null,
    sha256      char(64)      not null,
    mode        varchar(10)   not null default 'add' comment 'add | replace',
    state       varchar(10)   not null comment 'running | finished | refused',
    reason      text          null,
    through_row bigint        not null default 0 comment 'the last record that is safely in; a crash goes on after it',
    started_at  datetime(6)   not null,
    finished_at datetime(6)   null,
    told_at     datetime(6)   null comment 'when its verdict file was complete; until then a repeat is not yet "again"',
    key import_list (list_id, state, id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table import_row (
    import_id   bigint        not null,
    row_no      bigint        not null comment 'the record number, header = 1',
    line_no     bigint        not null comment 'where the record begins in an editor',
    written     varchar(1000) not null comment 'the address cell as it stood',
    contact_id  bigint        null comment 'null for invalid rows; a duplicate has the contact of its first row',
    verdict     varchar(10)   not null comment 'accepted | updated | unchanged | duplicate | suppressed | invalid',
    reason      varchar(1000) not null default '',
    primary key (import_id, row_no),
    key import_row_contact (import_id, contact_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
