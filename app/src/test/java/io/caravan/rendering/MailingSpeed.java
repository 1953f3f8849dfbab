package io.caravan.rendering;

import java.util.Map;

/** CPU microseconds a mail, for people: run its main. Not a test. */
final class MailingSpeed {

    private static final java.lang.management.ThreadMXBean CPU = java.lang.management.ManagementFactory
            .getThreadMXBean();

    private MailingSpeed() {
    }

    public static void main(String[] arguments) {
        String row = "<tr><td style=\"padding: 8px 0; font-family: Arial, sans-serif; color: #333\">A line about spring, tea and cups that fills the mail.</td></tr>\n";
        String html = "<!DOCTYPE html>\n<html><head><title>Spring</title></head><body>\n<p>Dear [[${first_name} ?: 'friend']] in [[${city}]],</p>\n<table>\n"
                + row.repeat(30)
                + "</table>\n<p th:if=\"${city}\">See you in <b th:text=\"${city}\">x</b>.</p>\n<p>[[${contact.email}]] <a th:href=\"${links.unsubscribe}\">Unsubscribe</a></p></body></html>\n";
        String text = "Dear [[${first_name} ?: 'friend']] in [[${city}]],\n"
                + "A line about spring, tea and cups that fills the mail.\n".repeat(17) + "[[${links.unsubscribe}]]\n";
        for (String city : new String[]{"Rome", "Köln"}) {
            Mailing mailing = Samples.MAILINGS.compile(Samples.source("Spring, [[${first_name}]]", html, text));
            System.out.println("html " + html.length() + " text " + text.length() + " size " + mailing.typicalSize());
            for (int round = 0; round < 8; round++) {
                int count = 40_000;
                long bytes = 0;
                long start = CPU.getCurrentThreadCpuTime();
                for (int i = 0; i < count; i++) {
                    Person person = new Person("ana" + i + "@example.org",
                            Map.of("first_name", "Ana" + i, "city", city));
                    for (byte[] segment : mailing.render(person, Samples.MARKS)) {
                        bytes += segment.length;
                    }
                }
                double render = (CPU.getCurrentThreadCpuTime() - start) / 1e3 / count;
                start = CPU.getCurrentThreadCpuTime();
                for (int i = 0; i < count; i++) {
                    bytes += mailing.evaluate(
                            new Person("ana" + i + "@example.org", Map.of("first_name", "Ana" + i, "city", city)))
                            .size();
                }
                System.out.printf("%s: render %.1f us, evaluate %.1f CPU us a mail (%d bytes)%n", city, render,
                        (CPU.getCurrentThreadCpuTime() - start) / 1e3 / count, bytes / count);
            }
        }
    }
}
