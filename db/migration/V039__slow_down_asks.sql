-- How often hosts asked a lane to slow down, as each node heard it: it is the lane that has a rate, whichever node they speak to. Owner: pacing.

create table lane_ask (
    lane_id  int           not null,
    teller   bigint        not null comment 'a process, by a number that it drew when it started',
    since    datetime(6)   not null comment 'when it heard the first; they count for a minute',
    times    int           not null,
    domains  varchar(800)  not null comment 'whose mail it was said of, the first three, with a comma between',
    primary key (lane_id, teller),
    key lane_ask_age (since)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
