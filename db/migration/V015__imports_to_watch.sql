-- Imports that people watch and steer: counts that are kept, where a file came from, files that were uploaded. Owner: audience.

alter table list add column members bigint not null default 0 comment 'kept: changed in each transaction that changes list_member';
update list l set l.members = (select count(*) from list_member m where m.list_id = l.id);

alter table import
    modify column state varchar(10) not null comment 'queued | running | finished | refused | cancelled',
    add column source     varchar(10) not null default 'drop' comment 'drop | upload | api',
    add column size       bigint null comment 'rows in the file, known once it was read through',
    add column accepted   bigint not null default 0 comment 'kept, as the five after it: rows by verdict, changed with through_row',
    add column updated    bigint not null default 0,
    add column unchanged  bigint not null default 0,
    add column duplicate  bigint not null default 0,
    add column suppressed bigint not null default 0,
    add column invalid    bigint not null default 0;
update import i join (select import_id, sum(verdict = 'accepted') a, sum(verdict = 'updated') u, sum(verdict = 'unchanged') n,
                             sum(verdict = 'duplicate') d, sum(verdict = 'suppressed') s, sum(verdict = 'invalid') v
                        from import_row group by import_id) r on r.import_id = i.id
   set i.accepted = r.a, i.updated = r.u, i.unchanged = r.n, i.duplicate = r.d, i.suppressed = r.s, i.invalid = r.v;

create table upload (
    id          bigint        not null auto_increment primary key,
    node        varchar(64)   not null comment 'in whose data folder the file lies, as uploads/upload-ID',
    file        varchar(255)  not null comment 'what its owner calls it; never a path',
    bytes       bigint        not null,
    import_id   bigint        null comment 'null: nobody has said yet what its columns are',
    columns     text          null comment 'attribute names by column, one a line, a blank one is ignored; null: as the header says',
    has_header  boolean       not null default true,
    created_at  datetime(6)   not null,
    unique key upload_import (import_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table column_mapping (
    header      char(64)      not null primary key comment 'sha256 of the header cells: the next file with the same ones is mapped the same way',
    columns     text          not null comment 'as upload.columns',
    used_at     datetime(6)   not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
