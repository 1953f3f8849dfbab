package io.caravan.delivery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.caravan.delivery.PlanNumbers.Place;
import io.caravan.delivery.PlanReading.Person;

/** Gives the people of a slice their numbers. */
final class PlanSlice {

    /** A row of the ledger to come. */
    record Numbered(int n, int lane, Person person) {
    }

    private static final Comparator<Person> STRANGERS = Comparator
            .<Person>comparingInt(person -> person.address().hashCode() * 0x9e3779b9)
            .thenComparingLong(Person::contact);

    private final Map<String, Integer> lanes;
    private final int tailLane;

    /** @param lanes by domain; the others are in the tail */
    PlanSlice(Map<String, Integer> lanes, int tailLane) {
        this.lanes = lanes;
        this.tailLane = tailLane;
    }

    /**
     * The rows in the order of their numbers, which are taken from the places.
     *
     * @throws PlanNumbers.Outgrown if a lane has no number left
     */
    List<Numbered> number(List<Person> people, Map<Integer, Place> places) {
        Map<Integer, List<Person>> byPlace = new TreeMap<>();
        for (Person person : people) {
            byPlace.computeIfAbsent(person.reason().isEmpty() ? lane(person) : PlanNumbers.FINAL,
                    _ -> new ArrayList<>()).add(person);
        }
        List<Numbered> rows = new ArrayList<>(people.size());
        byPlace.forEach((id, here) -> {
            Place place = Objects.requireNonNull(places.get(id), () -> "no numbers were set aside for lane " + id);
            // in the tail neighbours are strangers, so that no batch is full of one small domain
            here.sort(id == tailLane ? STRANGERS : Comparator.comparingLong(Person::contact));
            here.forEach(person -> rows.add(new Numbered(place.take(), lane(person), person)));
        });
        rows.sort(Comparator.comparingInt(Numbered::n));
        return rows;
    }

    private int lane(Person person) {
        return lanes.getOrDefault(person.domain(), tailLane);
    }
}
