-- A batch whose reference goes to a broker belongs to nobody yet: the node that takes it makes it its own. Owner: delivery.

alter table batch
    add column taken_at datetime(6) null comment 'when a node made it its own, to render and send; null: its reference is on the way to one';

-- until now every claim was its node's own at once
update batch set taken_at = claimed_at where state = 'open';
