-- What one node does at a time, and which of its lives does it now; a node whose lease is over has lost its turns. Owner: nodes.

create table turn (
    task        varchar(190)  not null primary key comment 'run:ID (planning, preflight) | housekeeping',
    node_id     int           not null,
    epoch       int           not null,
    since       datetime(6)   not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
