-- A batch whose reference goes to a broker belongs to nobody until a node takes it. Owner: delivery.
-- The default is a claim that is its node's own at once: what a program of before claims is never taken for one that nobody has.

alter table batch
    add column untaken tinyint not null default 0 comment '1: its reference is on the way to a node that takes it; nothing of it was rendered';
