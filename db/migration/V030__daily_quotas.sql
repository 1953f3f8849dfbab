-- How many mails an identity has claimed of a day's quota. Owner: pacing. See db/README.md.
create table quota_day (
    identity  varchar(190)  not null,
    day       date          not null comment 'in the quota''s own zone',
    used      bigint        not null,
    primary key (identity, day)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
