-- What an order to hold has put aside of a large run may be a hundred thousand stretches: claims must not read them to find those that are free.
-- And the orders by their domain, since the ledger asks for each pending row which one holds it. Owner: delivery.

alter table stretch
    add key stretch_hold (run_id, hold_id, lane_id, id);
alter table queue_hold
    add key queue_hold_domain (domain);
