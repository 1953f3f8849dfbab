package io.caravan.house;

import java.util.Map;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Which room lies on which floor. Imports go down only, and rooms on one floor never import each other. */
final class FloorPlan {

    private static final int TOP = 5;
    private static final Map<Integer, String> FLOORS = Map.of(1, "mail", //
            2, Rooms.ENGINES + " " + Rooms.LEDGERS, //
            3, "flow", 4, Rooms.DOORS, TOP, "config");

    private final Rooms rooms;

    FloorPlan(Rooms rooms) {
        this.rooms = rooms;
    }

    ArchCondition<JavaClass> everyRoomIsKnown() {
        return new ArchCondition<>("live in a room of the floor plan") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (floor(type) == 0) {
                    events.add(
                            SimpleConditionEvent.violated(type, type.getName() + " lives in the room '" + rooms.of(type)
                                    + "', which has no floor: give it one here and in ARCHITECTURE.md"));
                }
            }
        };
    }

    ArchCondition<JavaClass> importDownOnly() {
        return new ArchCondition<>("import no room on a higher floor") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    if (rooms.isOurs(dependency.getTargetClass()) && floor(dependency.getTargetClass()) > floor(type)) {
                        events.add(SimpleConditionEvent.violated(type, "upward: " + dependency.getDescription()));
                    }
                }
            }
        };
    }

    ArchCondition<JavaClass> importNothingSideways() {
        return new ArchCondition<>("import no other room on their floor") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass();
                    if (rooms.isOurs(target) && floor(type) < TOP && floor(target) == floor(type)
                            && !rooms.of(target).equals(rooms.of(type))) {
                        events.add(SimpleConditionEvent.violated(type, "sideways: " + dependency.getDescription()));
                    }
                }
            }
        };
    }

    private int floor(JavaClass type) {
        String room = rooms.of(type);
        return room.isEmpty()
                ? TOP
                : FLOORS.entrySet().stream().filter(floor -> Rooms.list(floor.getValue()).contains(room)).findFirst()
                        .map(Map.Entry::getKey).orElse(0);
    }
}
