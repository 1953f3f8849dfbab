package io.caravan.transport;

/**
 * Sends couriers to the lanes that want one, where nobody waits beside the lane for mail to come. Called by a lane under its lock: must
 * neither block nor call back.
 */
interface Crew {

    /** The lane has more mail than hands; a courier comes when there is room for a connection. */
    void wanted(CrewLane lane);

    /** It has connections without work, of which one could make room. */
    void idle(CrewLane lane, boolean has);

    /**
     * Asked by a courier, of itself: true if its connection without work should end now, since another lane waits for the room. What it was
     * told once it does.
     */
    boolean pressed(CrewLane lane);
}
