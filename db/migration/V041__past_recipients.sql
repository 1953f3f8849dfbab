-- What later plans of a campaign ask of its runs, of people whose rows retention removed: nobody is mailed twice because it is long ago. Owner: delivery.

create table past_recipient (
    campaign_id  bigint   not null,
    contact_id   bigint   not null,
    outcome      tinyint  not null comment '1 reached, 2 not to be tried again, 3 not reached, 4 bounced otherwise; of several runs the lowest',
    primary key (campaign_id, contact_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- how many rows of past_recipient each outcome has
create table past_count (
    campaign_id  bigint   not null,
    outcome      tinyint  not null,
    n            bigint   not null,
    primary key (campaign_id, outcome)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
