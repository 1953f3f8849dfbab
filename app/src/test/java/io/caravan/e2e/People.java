package io.caravan.e2e;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** People to write to, and the campaign that does: a few large domains that have lanes of their own, and many small ones. */
public record People(List<String> addresses) {

    public static People of(int number) {
        return new People(IntStream.rangeClosed(1, number).mapToObj(People::address).toList());
    }

    private static String address(int n) {
        String domain = n % 10 == 0 ? "small" + n % 400 + ".example" : "large" + n % 3 + ".example";
        return "person" + n + "@" + domain;
    }

    public String csv() {
        return IntStream.range(0, addresses.size())
                .mapToObj(i -> addresses.get(i) + ",Zoë " + i + ",\"line one\nline, two\"")
                .collect(Collectors.joining("\n", "email,first_name,note\n", "\n"));
    }

    /** @param policy hold or resend */
    public static String campaign(String name, String policy) {
        return """
                name: %s
                from: "Ana's Shop <news@shop.example>"
                subject: "Spring is here, [[${first_name}]]"
                html: spring.html
                audience:
                  csv: %s.csv
                schedule:
                  at: now
                in_doubt: %s
                """.formatted(name, name, policy);
    }

    public static String html() {
        return """
                <!DOCTYPE html><html><body><p>Hello <b th:text="${first_name}">you</b>,</p>
                <p th:text="${note}">note</p><p><a th:href="${links.unsubscribe}">no more of this</a></p></body></html>
                """;
    }

    /** Drops all that the campaign needs; it begins at once. */
    public void begin(Installation installation, String campaign, String policy) {
        begin(installation, campaign, policy, "");
    }

    /** @param further lines of the campaign file */
    void begin(Installation installation, String campaign, String policy, String further) {
        installation.drop("spring.html", html());
        installation.drop(campaign + ".csv", csv());
        installation.drop(campaign + ".campaign.yaml", campaign(campaign, policy) + further);
    }
}
