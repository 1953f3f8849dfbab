-- Who plans a run now: whoever begins later takes over, and the other finds out at its next slice. Gone when the plan is done. Owner: delivery.

create table planning (
    run_id      bigint        not null primary key,
    planner     char(36)      not null comment 'made anew for each attempt'
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
