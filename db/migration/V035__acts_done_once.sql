-- A request that is done again after a crash is known by its work, so that what it began is not begun twice. Owners: nodes, campaign.

alter table request_key add column work binary(16) null comment 'random: this key, this time; a key that is used anew after a day is other work. Null: begun by a node of before' after fingerprint;

-- what was done with a campaign for such a request, in the transaction that did it
create table action_done (
    work         binary(16)   not null primary key,
    campaign_id  bigint       not null,
    run_id       bigint       null comment 'the run that it opened',
    at           datetime(6)  not null,
    key action_done_at (at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
