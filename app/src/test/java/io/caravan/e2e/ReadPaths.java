package io.caravan.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import io.caravan.mail.RowState;

/**
 * Every path that is read with GET, from the route table: a path without variables as it is, one with variables with what
 * {@link #ASKED} says of it. So a page that is added later is tested as well, or the test says what it lacks.
 */
final class ReadPaths {

    /** What is not read here, each with the reason. What gives a whole table reads each of its rows once, which {@link BigRunIT} tests. */
    private static final Map<String, String> EXCEPT = Map.of(
            "/live",
            "an event stream that does not end; it reads what its topics' stamps read, which the pages read too",
            "/runs/{id:\\d{1,18}}/spreadsheet.csv", "a download of the whole run, in slices of 1,000 (Ledger.rows)",
            "/audience/imports/{id:\\d{1,18}}/verdict",
            "a download of the whole import, in slices of 2,000 (Imports.verdicts)",
            "/api/v1/imports/{id:\\d{1,18}}/verdict", "the same for programs",
            "/suppressions/export", "a download of the whole list, in slices of 1,000 (Suppressions.export)",
            "/api/v1/suppressions/export", "the same for programs");

    /** What is asked of a path: the ends of addresses, or whole ones where there are variables; upper case words are the fixture's. */
    private static final Map<String, List<String>> ASKED = new TreeMap<>();

    static {
        ask("/runs/{id:\\d{1,18}}", "/runs/RUN", "/runs/RUN?lanes=9900-1040");
        ask("/runs/{id:\\d{1,18}}/now", "/runs/RUN/now");
        ask("/runs/{id:\\d{1,18}}/people", byState("/runs/RUN/people?state="), "/runs/RUN/people",
                "/runs/RUN/people?after=500000", "/runs/RUN/people?q=p0500000@big.example", "/runs/RUN/people?q=p05",
                "/runs/RUN/people?q=zz", "/runs/RUN/people?q=p&state=failed", "/runs/RUN/people?reason=hard",
                "/runs/RUN/people?reason=hard&state=bounced", "/runs/RUN/people?lane=1099",
                "/runs/RUN/people?lane=1040&state=failed");
        ask("/runs/{id:\\d{1,18}}/people/{n:\\d{1,9}}", "/runs/RUN/people/7", "/runs/RUN/people/7?view=source",
                "/runs/RUN/people/605000");
        ask("/runs/{id:\\d{1,18}}/people/{n:\\d{1,9}}/html", "/runs/RUN/people/7/html");
        ask("/runs/{id:\\d{1,18}}/people/{n:\\d{1,9}}/raw", "/runs/RUN/people/7/raw");
        ask("/why", "/why", "/why?address=p0000007@big.example", "/why?address=p0000007@big.example&campaign=big");
        ask("/campaigns", "/campaigns", "/campaigns?q=b", "/campaigns?part=rows");
        String campaign = "/campaigns/{name:[A-Za-z0-9_-]{1,100}}";
        ask(campaign, "/campaigns/big", "/campaigns/big?part=now", "/campaigns/big-again");
        ask(campaign + "/actions/{word}", "/campaigns/big-again/actions/start-again",
                "/campaigns/big-again/actions/start-new", "/campaigns/big-again/actions/resend",
                "/campaigns/big/actions/cancel", "/campaigns/big/actions/pause");
        ask(campaign + "/versions/{number:\\d{1,6}}", "/campaigns/big/versions/1");
        ask(campaign + "/versions/{number:\\d{1,6}}/file", "/campaigns/big/versions/1/file");
        ask(campaign + "/versions/{number:\\d{1,6}}/parts", "/campaigns/big/versions/1/parts?name=big.txt");
        ask(campaign + "/preview", "/campaigns/big-again/preview", "/campaigns/big-again/preview?go=random",
                "/campaigns/big-again/preview?as=p0050000@big.example&go=next", "/campaigns/big-again/preview?as=p00");
        ask(campaign + "/preview/html", "/campaigns/big-again/preview/html");
        ask(campaign + "/preview/live/{key:[A-Za-z0-9_-]{1,40}}"); // what an editor typed a moment ago, kept in memory
        ask(campaign + "/edit", "/campaigns/big-again/edit");
        for (String step : List.of("audience", "content", "schedule", "preflight", "review", "file")) {
            ask(campaign + "/edit/" + step, "/campaigns/big-again/edit/" + step);
        }
        ask("/mailbox", "/mailbox", "/mailbox?before=MAIL", "/mailbox?q=needle", "/mailbox?q=-needle+from:x",
                "/mailbox?q=to:p77@many.example", "/mailbox?q=campaign:many+has:attachment",
                "/mailbox?q=after:2020-01-01+before:2h", "/mailbox?q=campaign:m*", "/mailbox?q=run:0+subject:x");
        ask("/mailbox/mails", "/mailbox/mails", "/mailbox/mails?q=needle");
        ask("/mailbox/{id:\\d{1,18}}", "/mailbox/MAIL", "/mailbox/MAIL?q=nothing-like-it");
        ask("/mailbox/{id:\\d{1,18}}/html", "/mailbox/MAIL/html");
        ask("/mailbox/{id:\\d{1,18}}/raw", "/mailbox/MAIL/raw");
        ask("/mailbox/{id:\\d{1,18}}/attachments/{number:\\d{1,3}}", "/mailbox/MAIL/attachments/0");
        ask("/audience/lists/{key}", "/audience/lists/big", "/audience/lists/big?after=10050000",
                "/audience/lists/big?q=p00", "/audience/lists/big?q=p05", "/audience/lists/few?q=p0");
        ask("/audience/contacts", "/audience/contacts", "/audience/contacts?q=p00");
        ask("/audience/contacts/{id:\\d{1,18}}", "/audience/contacts/10000007");
        ask("/audience/imports/{id:\\d{1,18}}", verdicts("/audience/imports/IMPORT?verdict="),
                "/audience/imports/IMPORT",
                "/audience/imports/IMPORT?verdict=accepted&after=50000");
        ask("/audience/imports/{id:\\d{1,18}}/rows", "/audience/imports/IMPORT/rows?verdict=unchanged");
        ask("/audience/imports/{id:\\d{1,18}}/progress", "/audience/imports/IMPORT/progress");
        ask("/audience/upload/{id:\\d{1,18}}", "/audience/upload/UPLOAD");
        ask("/identities/{identity}", "/identities/shop.example");
        ask("/nodes/{id:\\d{1,9}}/lost", "/nodes/1/lost");
        ask("/lanes/{id:\\d{1,9}}", "/lanes/1040");
        String tls = "{day:\\d{4}-\\d{2}-\\d{2}}/{domain:[a-z0-9._-]{1,255}}";
        ask("/tls", "/tls", "/tls?failed=true", "/tls?day=2026-11-25&after=d01500.example");
        ask("/tls/" + tls, "/tls/2026-11-25/d01500.example");
        ask("/tls/" + tls + "/report.json", "/tls/2026-11-25/d01500.example/report.json");
        String results = "/api/v1/tls-results";
        ask(results, results + "?limit=500", results + "?failed=true&limit=500");
        ask(results + "/{day}/{domain}", results + "/2026-11-25/d01500.example");
        ask(results + "/{day}/{domain}/report", results + "/2026-11-25/d01500.example/report");
        ask("/queue", "/queue", "/queue?run=RUN", "/queue?run=RUN&provider=none.example", "/queue?after=RUN-1050");
        ask("/schedule/{campaign}", "/schedule/big-later");
        ask("/routes/{id}", "/routes/deliver-batch");
        ask("/suppressions", "/suppressions", "/suppressions?q=s00", "/suppressions?reason=manual",
                "/suppressions?shown=removed", "/suppressions?scope=global&reason=manual");
        ask("/suppressions/{id:\\d{1,18}}", "/suppressions/SUPPRESSION");
        api();
    }

    private static void api() {
        String v1 = "/api/v1";
        ask(v1 + "/runs", v1 + "/runs", v1 + "/runs?campaign=big&state=paused", v1 + "/runs?limit=500");
        ask(v1 + "/runs/{id}", v1 + "/runs/RUN");
        ask(v1 + "/runs/{id}/lanes", v1 + "/runs/RUN/lanes?limit=500");
        ask(v1 + "/runs/{id}/ledger", byState(v1 + "/runs/RUN/ledger?limit=500&state="), v1 + "/runs/RUN/ledger",
                v1 + "/runs/RUN/ledger?limit=500", v1 + "/runs/RUN/ledger?reason=no-such&limit=500",
                v1 + "/runs/RUN/ledger?address=p09&limit=500");
        ask(v1 + "/runs/{id}/ledger/{row}", v1 + "/runs/RUN/ledger/605000");
        ask(v1 + "/recipients/{address}/why", v1 + "/recipients/p0000007@big.example/why");
        ask(v1 + "/campaigns", v1 + "/campaigns", v1 + "/campaigns?limit=500");
        for (String part : List.of("", "/versions", "/versions/{number}", "/firings", "/doubt", "/preview")) {
            ask(v1 + "/campaigns/{name}" + part,
                    v1 + "/campaigns/big" + part.replace("{number}", "1"));
        }
        ask(v1 + "/imports", v1 + "/imports", v1 + "/imports?limit=500");
        ask(v1 + "/imports/{id:\\d{1,18}}", v1 + "/imports/IMPORT");
        ask(v1 + "/imports/{id:\\d{1,18}}/rows", verdicts(v1 + "/imports/IMPORT/rows?limit=500&verdict="),
                v1 + "/imports/IMPORT/rows?limit=500");
        ask(v1 + "/lists", v1 + "/lists?limit=500");
        ask(v1 + "/lists/{name}", v1 + "/lists/big");
        ask(v1 + "/lists/{name}/members", v1 + "/lists/big/members?limit=500",
                v1 + "/lists/big/members?limit=500&address=p00", v1 + "/lists/big/members?address=p09");
        ask(v1 + "/contacts", v1 + "/contacts?limit=500", v1 + "/contacts?limit=500&address=p00",
                v1 + "/contacts?limit=500&list=big", v1 + "/contacts?limit=500&list=big&address=p09");
        ask(v1 + "/contacts/{address}", v1 + "/contacts/p0000007@big.example");
        ask(v1 + "/mailbox/messages", v1 + "/mailbox/messages?limit=500",
                v1 + "/mailbox/messages?limit=500&query=needle", v1 + "/mailbox/messages?limit=500&query=campaign:many",
                v1 + "/mailbox/messages?query=subject:needle+after:2020-01-01");
        ask(v1 + "/mailbox/messages/{id:\\d{1,18}}", v1 + "/mailbox/messages/MAIL");
        ask(v1 + "/mailbox/messages/{id:\\d{1,18}}/raw", v1 + "/mailbox/messages/MAIL/raw");
        ask(v1 + "/mailbox/messages/{id:\\d{1,18}}/attachments/{n:\\d{1,3}}",
                v1 + "/mailbox/messages/MAIL/attachments/0");
        ask(v1 + "/lanes", v1 + "/lanes", v1 + "/lanes?limit=500");
        ask(v1 + "/lanes/{id}", v1 + "/lanes/1040");
        ask(v1 + "/queue", v1 + "/queue", v1 + "/queue?limit=500", v1 + "/queue?limit=500&identity=none.example");
        ask(v1 + "/schedule/{campaign}", v1 + "/schedule/big-later");
        ask(v1 + "/routes/{id}", v1 + "/routes/deliver-batch");
        ask(v1 + "/suppressions", v1 + "/suppressions?limit=500", v1 + "/suppressions?limit=500&reason=manual",
                v1 + "/suppressions?limit=500&address=s00", v1 + "/suppressions?limit=500&removed=true");
        ask(v1 + "/suppressions/{id:\\d{1,18}}", v1 + "/suppressions/SUPPRESSION");
    }

    private final Set<String> patterns = new TreeSet<>();

    ReadPaths(RequestMappingHandlerMapping routes) {
        routes.getHandlerMethods().forEach((route, handler) -> {
            String room = handler.getBeanType().getPackageName();
            if (isRead(route) && (room.startsWith("io.caravan.web") || room.startsWith("io.caravan.api"))) {
                patterns.addAll(route.getPatternValues());
            }
        });
    }

    private static boolean isRead(RequestMappingInfo route) {
        Set<RequestMethod> methods = route.getMethodsCondition().getMethods();
        return methods.isEmpty() || methods.contains(RequestMethod.GET);
    }

    private static void ask(String pattern, String... paths) {
        ASKED.put(pattern, List.of(paths));
    }

    private static void ask(String pattern, Stream<String> some, String... more) {
        ASKED.put(pattern, Stream.concat(some, Stream.of(more)).toList());
    }

    private static Stream<String> byState(String path) {
        return Stream.of(RowState.values()).map(state -> path + state.word());
    }

    private static Stream<String> verdicts(String path) {
        return Stream.of("accepted", "updated", "unchanged", "duplicate", "suppressed", "invalid").map(path::concat);
    }

    /** What this class does not know of the route table, and what it says of paths that are not there. */
    List<String> gaps() {
        List<String> gaps = new ArrayList<>();
        patterns.stream().filter(path -> path.contains("{") && !ASKED.containsKey(path) && !EXCEPT.containsKey(path))
                .forEach(path -> gaps.add("GET " + path + " is in the route table and this test cannot read it: say in"
                        + " ReadPaths.ASKED which addresses to read (RUN, MAIL, IMPORT, SUPPRESSION, UPLOAD stand for the fixture's), or in"
                        + " EXCEPT why not"));
        Stream.concat(ASKED.keySet().stream(), EXCEPT.keySet().stream()).filter(path -> !patterns.contains(path))
                .forEach(path -> gaps.add("GET " + path + " is in ReadPaths and not in the route table: take it out"));
        return gaps;
    }

    /** The addresses to read, the fixture's words filled in. */
    Stream<String> all(Map<String, Object> words) {
        return patterns.stream().filter(path -> !EXCEPT.containsKey(path))
                .flatMap(path -> ASKED.getOrDefault(path, List.of(path)).stream()).map(path -> {
                    String filled = path;
                    for (Map.Entry<String, Object> word : words.entrySet()) {
                        filled = filled.replace(word.getKey(), word.getValue().toString());
                    }
                    return filled;
                });
    }
}
