-- Who is running: one row per data folder, a new epoch at each start. Owner: nodes.

create table node (
    id          int           not null auto_increment primary key,
    name        char(36)      not null comment 'a UUID kept in the node''s data folder',
    host        varchar(255)  not null,
    epoch       int           not null,
    boot_id     varchar(64)   not null comment 'of the machine: another one means the power went',
    until       datetime(6)   not null comment 'the lease',
    started_at  datetime(6)   not null,
    unique key node_name (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table installation (
    id           tinyint   not null primary key default 1,
    name         char(36)  not null comment 'made once with the schema; a journal of another database is refused',
    created_at   datetime(6) not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

insert into installation (id, name, created_at) values (1, uuid(), now(6));
