-- Since when nothing of a lane of a run can go, its hosts or all relays of its route giving no service: mail that waits for so long as mail is
-- tried has expired, though nobody could try it. Owner: delivery.

create table outage (
    run_id   bigint       not null,
    lane_id  int          not null,
    since    datetime(6)  not null,
    seen_at  datetime(6)  not null comment 'when a node last found it so; one that nobody has seen for a while is over',
    primary key (run_id, lane_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
