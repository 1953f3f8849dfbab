-- Lanes, rates and the hourly outcomes of each lane. Owner: pacing.

create table lane (
    id        int           not null auto_increment primary key,
    identity  varchar(190)  not null,
    provider  varchar(255)  not null comment 'a mailbox provider (for now: the recipient domain); * is the tail of small ones',
    unique key lane_name (identity, provider)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- one row per rate: the theoretical arrival time of the generic cell rate algorithm, in microseconds of the database's clock
create table scope (
    name   varchar(300)  not null primary key comment 'overall | campaign:ID | identity:NAME | relay:NAME | lane:ID',
    tat    bigint        not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table lane_hour (
    lane_id  int          not null,
    hour     datetime     not null comment 'the hour of sending, not of the news',
    outcome  varchar(10)  not null,
    n        bigint       not null,
    primary key (lane_id, hour, outcome)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
