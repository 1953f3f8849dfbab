package io.caravan.flow;

import java.util.List;

/** What became of a wish to exchange the routes. */
public sealed interface RouteReload {

    /** For people, one or more lines. */
    String says();

    /** The new set is in force. */
    record Done(List<String> files) implements RouteReload {
        @Override
        public String says() {
            return "the routes were reloaded from " + files.size() + " files";
        }
    }

    /** The check found problems; nothing was touched. */
    record Refused(List<String> problems) implements RouteReload {
        @Override
        public String says() {
            return "the routes were not reloaded, the old ones go on:\n" + String.join("\n", problems);
        }
    }

    /** What is on the road did not come to an end in time; nothing was exchanged. */
    record Busy(List<String> routes) implements RouteReload {
        @Override
        public String says() {
            return "the routes were not reloaded, the old ones go on: still at work in " + String.join(", ", routes)
                    + "; try again later";
        }
    }

    /** A new route did not start; the old set is in force again. */
    record TakenBack(String problem) implements RouteReload {
        @Override
        public String says() {
            return "the new routes did not start, the old ones are back:\n" + problem;
        }
    }
}
