package io.caravan.bench;

/** The mail that all contenders send: some 6 kB, HTML and text, six merge values, and the people who get it. */
public final class Letters {

    private static final String PARAGRAPH = "<p>This part speaks of seeds, of soil and of weather, and of what to do with each of them in the"
            + " first weeks of the year, when the ground is still cold and the days are short.</p>\n";
    public static final String HTML = """
            <!DOCTYPE html>
            <html lang="en"><head><title>Spring</title><style>p { font-family: sans-serif; color: #333333 }</style></head>
            <body><h1>Spring in <span th:text="${city}">Turin</span></h1>
            <p>Dear <span th:text="${first_name}">Ana</span> <span th:text="${last_name}">Rossi</span>, the catalogue is here.</p>
            %s<p>Your plan is <b th:text="${plan}">gold</b>, your code <b th:text="${code}">1234</b>, your shop <b th:text="${shop}">Turin</b>.</p>
            <p><a href="https://shop.example/spring">See the catalogue</a></p>
            </body></html>
            """.formatted(PARAGRAPH.repeat(14));
    public static final String TEXT = """
            Dear [(${first_name})] [(${last_name})],

            %s
            Your plan is [(${plan})], your code [(${code})], your shop [(${shop})] in [(${city})].
            """.formatted(
            ("The catalogue is here, and everything in it was made with care by people whom we know.\n").repeat(9));
    static final String SUBJECT = "Spring has come to your garden";

    private Letters() {
    }

    public static String campaign(String name, String csv) {
        return """
                name: %s
                from: "Shop <news@src.example>"
                subject: "%s"
                html: bench.html
                text: bench.txt
                audience: {csv: %s}
                schedule: {at: now}
                """.formatted(name, SUBJECT, csv);
    }

    /** @param domains how many recipient domains the people are spread over */
    public static String people(int people, int domains) {
        StringBuilder csv = new StringBuilder("email,first_name,last_name,city,plan,code,shop\n");
        for (int i = 0; i < people; i++) {
            csv.append("p").append(i).append('@').append(domains == 1 ? "dest.example" : "d" + i % domains + ".example")
                    .append(",Ana").append(i)
                    .append(",Rossi").append(i % 977).append(",Turin,gold,").append(100_000 + i).append(",Corso ")
                    .append(i % 83).append('\n');
        }
        return csv.toString();
    }
}
