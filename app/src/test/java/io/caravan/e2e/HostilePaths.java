package io.caravan.e2e;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

import io.caravan.Payload;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;

/** For each route that reads: the addresses that show what strangers wrote. A route without some fails by {@link #without}. */
final class HostilePaths {

    /** Of pages that show nothing of their own for each payload, one in so many is looked at. */
    private static final int FEW = 20;

    private final HostileWorld world;
    private final Map<String, List<String>> paths = new LinkedHashMap<>();
    private final List<String> queries;

    HostilePaths(HostileWorld world) {
        this.world = world;
        queries = world.payloads.stream().map(payload -> encoded(payload.in(HostileWorld.REFLECTED))).toList();
        pages();
        audience();
        campaigns();
        runs();
        api();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void at(String pattern, String... some) {
        paths.computeIfAbsent(pattern, _ -> new ArrayList<>()).addAll(List.of(some));
    }

    private void each(String pattern, List<?> of, String... templates) {
        for (Object one : of) {
            for (String template : templates) {
                at(pattern, template.replace("%s", one.toString()));
            }
        }
    }

    private void few(String pattern, List<?> of, String... templates) {
        for (int i = Math.floorMod(pattern.hashCode(), FEW); i < of.size(); i += FEW) {
            each(pattern, List.of(of.get(i)), templates);
        }
    }

    private List<String> ids(String query) {
        return world.server.sql().sql(query).query(String.class).list();
    }

    private List<String> names(String prefix) {
        return world.payloads.stream().map(payload -> prefix + payload.n()).toList();
    }

    private void pages() {
        at("/", "/");
        at("/runs", "/runs");
        at("/firings", "/firings");
        at("/nodes", "/nodes");
        few("/nodes/{id:\\d{1,9}}/lost", ids("select id from node where id > 1"), "/nodes/%s/lost");
        at("/identities", "/identities");
        at("/identities/{identity}", "/identities/shop.example");
        at("/lanes", "/lanes");
        few("/lanes", queries, "/lanes?q=%s");
        at("/queue", "/queue", "/queue?live=1");
        few("/queue", queries, "/queue?identity=%s", "/queue?provider=%s", "/queue?run=%s", "/queue?after=%s",
                "/queue?domain=%s&note=%s&reason=%s&state=%s");
        at("/connections", "/connections");
        each("/lanes/{id:\\d{1,9}}", ids("select lane_id from lane_state"), "/lanes/%s");
        at("/tls", "/tls", "/tls?failed=true");
        few("/tls", queries, "/tls?after=%s");
        String tls = "{day:\\d{4}-\\d{2}-\\d{2}}/{domain:[a-z0-9._-]{1,255}}";
        each("/tls/" + tls, ids("select domain from tls_day"), "/tls/2026-11-25/%s");
        few("/tls/" + tls + "/report.json", ids("select domain from tls_day"), "/tls/2026-11-25/%s/report.json");
        at("/api/v1/tls-results", "/api/v1/tls-results");
        few("/api/v1/tls-results/{day}/{domain}", ids("select domain from tls_day"),
                "/api/v1/tls-results/2026-11-25/%s");
        few("/api/v1/tls-results/{day}/{domain}/report", ids("select domain from tls_day"),
                "/api/v1/tls-results/2026-11-25/%s/report");
        at("/api", "/api");
        at("/live", "/live?topic=runs");
        at("/v3/api-docs", "/v3/api-docs");
        at("/v3/api-docs.yaml", "/v3/api-docs.yaml");
        at("/schedule", "/schedule", "/schedule?live=1");
        few("/schedule/{campaign}", names("h-"), "/schedule/%s");
        at("/routes", "/routes", "/routes?live=1");
        few("/routes/{id}", names("hostile-"), "/routes/%s", "/routes/%s?live=1");
        List<String> mails = ids("select id from mailbox_message order by id limit " + world.payloads.size());
        at("/mailbox", "/mailbox");
        few("/mailbox", queries, "/mailbox?q=%s");
        at("/mailbox/mails", "/mailbox/mails");
        String mail = "/mailbox/{id:\\d{1,18}}";
        each(mail, mails, "/mailbox/%s", "/mailbox/%s?view=headers");
        few(mail, mails, "/mailbox/%s?view=text", "/mailbox/%s?view=source", "/mailbox/%s?q=" + queries.get(1));
        few(mail + "/html", mails, "/mailbox/%s/html");
        few(mail + "/raw", mails, "/mailbox/%s/raw");
        few(mail + "/attachments/{number:\\d{1,3}}", mails, "/mailbox/%s/attachments/0");
        at("/suppressions", "/suppressions", "/suppressions?shown=removed");
        few("/suppressions", queries, "/suppressions?q=%s", "/suppressions?scope=list:%s", "/suppressions?reason=%s");
        few("/suppressions/{id:\\d{1,18}}", ids("select id from suppression"), "/suppressions/%s");
        each("/suppressions/{id:\\d{1,18}}", ids("select id from suppression_removed"), "/suppressions/%s");
        at("/suppressions/export", "/suppressions/export");
    }

    private void audience() {
        at("/audience", "/audience");
        few("/audience/lists/{key}", ids("select id from list"), "/audience/lists/~%s");
        few("/audience/lists/{key}", queries, "/audience/lists/~1?q=%s");
        at("/audience/contacts", "/audience/contacts");
        few("/audience/contacts", queries, "/audience/contacts?q=%s");
        each("/audience/contacts/{id:\\d{1,18}}", ids("select id from contact where address like 'p%' order by id"),
                "/audience/contacts/%s");
        at("/audience/imports", "/audience/imports");
        at("/audience/imports/rows", "/audience/imports/rows");
        String one = "/audience/imports/{id:\\d{1,18}}";
        at(one, "/audience/imports/1", "/audience/imports/1?verdict=all");
        each(one, ids("select id from import where id > 1"), "/audience/imports/%s");
        few(one + "/rows", ids("select id from import"), "/audience/imports/%s/rows");
        few(one + "/progress", ids("select id from import"), "/audience/imports/%s/progress");
        few(one + "/verdict", ids("select id from import"), "/audience/imports/%s/verdict");
        at(one + "/verdict", "/audience/imports/1/verdict");
        at("/audience/upload", "/audience/upload");
        each("/audience/upload/{id:\\d{1,18}}", ids("select id from upload"), "/audience/upload/%s");
    }

    private void campaigns() {
        String name = "/campaigns/{name:[A-Za-z0-9_-]{1,100}}";
        at("/campaigns", "/campaigns", "/campaigns?part=rows");
        few("/campaigns", queries, "/campaigns?q=%s");
        at("/campaigns/new", "/campaigns/new");
        each(name, names("h-"), "/campaigns/%s");
        few(name, names("h-"), "/campaigns/%s?part=now");
        few(name + "/actions/{word}", names("h-"), "/campaigns/%s/actions/start", "/campaigns/%s/actions/cancel");
        each(name + "/versions/{number:\\d{1,6}}", names("h-"), "/campaigns/%s/versions/2");
        few(name + "/versions/{number:\\d{1,6}}", names("h-"), "/campaigns/%s/versions/1");
        few(name + "/versions/{number:\\d{1,6}}/file", names("h-"), "/campaigns/%s/versions/1/file");
        few(name + "/versions/{number:\\d{1,6}}/parts", names("h-"), "/campaigns/%s/versions/1/parts");
        few(name + "/edit", names("e-"), "/campaigns/%s/edit");
        few(name + "/edit/file", names("e-"), "/campaigns/%s/edit/file");
        for (String step : List.of("audience", "content", "schedule", "preflight", "review")) {
            few(name + "/edit/" + step, names("e-"), "/campaigns/%s/edit/" + step);
        }
        each(name + "/edit/content", names("e-"), "/campaigns/%s/edit/content");
        few(name + "/preview", names("e-"), "/campaigns/%s/preview", "/campaigns/%s/preview?view=headers");
        few(name + "/preview", queries, "/campaigns/hostile/preview?as=%s");
        for (String view : List.of("html", "text", "headers", "source")) {
            few(name + "/preview", names("p"), "/campaigns/hostile/preview?as=%s@evil.example&view=" + view);
        }
        few(name + "/preview/html", names("p"), "/campaigns/hostile/preview/html?as=%s@evil.example");
        at(name + "/preview/live/{key:[A-Za-z0-9_-]{1,40}}", "/campaigns/hostile/preview/live/nothing");
    }

    private void runs() {
        String run = "/runs/{id:\\d{1,18}}";
        List<String> rows = ids("select n from delivery where run_id = 1 order by n");
        at(run, "/runs/1");
        few(run, ids("select id from run where id > 1"), "/runs/%s");
        few(run + "/now", ids("select id from run"), "/runs/%s/now");
        at(run + "/spreadsheet.csv", "/runs/1/spreadsheet.csv");
        at(run + "/people", "/runs/1/people");
        few(run + "/people", queries, "/runs/1/people?q=%s", "/runs/1/people?reason=%s");
        String row = run + "/people/{n:\\d{1,9}}";
        each(row, ids("select n from evidence where run_id = 1 order by n limit " + world.payloads.size()),
                "/runs/1/people/%s");
        few(row, rows, "/runs/1/people/%s?view=text", "/runs/1/people/%s?view=headers",
                "/runs/1/people/%s?view=source");
        few(row + "/html", rows, "/runs/1/people/%s/html");
        few(row + "/raw", rows, "/runs/1/people/%s/raw");
        few("/why", names("m"), "/why?address=%s@example.org");
        few("/why", queries, "/why?address=%s", "/why?address=a@b.example&campaign=%s");
        Keyed keyed = world.server.bean(Keyed.class);
        for (String n : rows) {
            String token = keyed.token("unsubscribe", new RowId(1, Integer.parseInt(n)));
            if (Integer.parseInt(n) % FEW == 0) {
                at("/u/{token}", "/u/" + token);
                at("/p/{token}", "/p/" + token);
                at("/p/{token}/view", "/p/" + token + "/view");
            }
        }
    }

    private void api() {
        String api = "/api/v1";
        for (String list : List.of("/campaigns", "/contacts", "/lists", "/imports", "/mailbox/messages", "/runs",
                "/schedule", "/suppressions",
                "/misfires", "/nodes", "/lanes", "/queue", "/queue/holds", "/connections", "/health", "/routes",
                "/routes/check")) {
            at(api + list, api + list);
        }
        at(api + "/suppressions/export", api + "/suppressions/export");
        few(api + "/mailbox/messages", queries, api + "/mailbox/messages?query=%s");
        few(api + "/queue", queries, api + "/queue?identity=%s&provider=%s");
        few(api + "/runs", queries, api + "/runs?state=%s");
        few(api + "/suppressions", queries, api + "/suppressions?reason=%s");
        String campaign = api + "/campaigns/{name}";
        few(campaign, names("h-"), api + "/campaigns/%s");
        few(campaign + "/versions", names("h-"), api + "/campaigns/%s/versions");
        few(campaign + "/versions/{number}", names("h-"), api + "/campaigns/%s/versions/1");
        few(campaign + "/firings", names("h-"), api + "/campaigns/%s/firings");
        few(campaign + "/doubt", names("h-"), api + "/campaigns/%s/doubt");
        few(campaign + "/preview", names("p"), api + "/campaigns/hostile/preview?as=%s@evil.example");
        few(campaign + "/preview", queries, api + "/campaigns/hostile/preview?as=%s");
        few(api + "/contacts/{address}", names("p"), api + "/contacts/%s@evil.example");
        few(api + "/recipients/{address}/why", names("m"), api + "/recipients/%s@example.org/why");
        at(api + "/lists/{name}", api + "/lists/hostile");
        at(api + "/lists/{name}/members", api + "/lists/hostile/members");
        few(api + "/imports/{id:\\d{1,18}}", ids("select id from import"), api + "/imports/%s");
        at(api + "/imports/{id:\\d{1,18}}/rows", api + "/imports/1/rows");
        at(api + "/imports/{id:\\d{1,18}}/verdict", api + "/imports/1/verdict");
        List<String> mails = ids("select id from mailbox_message order by id");
        String mail = api + "/mailbox/messages/{id:\\d{1,18}}";
        few(mail, mails, api + "/mailbox/messages/%s");
        few(mail + "/raw", mails, api + "/mailbox/messages/%s/raw");
        few(mail + "/attachments/{n:\\d{1,3}}", mails, api + "/mailbox/messages/%s/attachments/0");
        few(api + "/suppressions/{id:\\d{1,18}}", ids("select id from suppression"), api + "/suppressions/%s");
        few(api + "/lanes/{id}", ids("select lane_id from lane_state"), api + "/lanes/%s");
        few(api + "/routes/{id}", names("hostile-"), api + "/routes/%s");
        few(api + "/schedule/{campaign}", names("h-"), api + "/schedule/%s");
        few(api + "/runs/{id}", ids("select id from run"), api + "/runs/%s");
        at(api + "/runs/{id}/lanes", api + "/runs/1/lanes");
        at(api + "/runs/{id}/ledger", api + "/runs/1/ledger");
        few(api + "/runs/{id}/ledger/{row}", ids("select n from delivery where run_id = 1 order by n"),
                api + "/runs/1/ledger/%s");
    }

    List<String> all() {
        return paths.values().stream().flatMap(List::stream).distinct().toList();
    }

    /** Routes that read and have no address here. */
    Set<String> without() {
        Set<String> missing = new TreeSet<>();
        Function<RequestMappingInfo, Boolean> reads = route -> route.getMethodsCondition().getMethods()
                .contains(RequestMethod.GET);
        world.server.routes().getHandlerMethods().keySet().stream().filter(reads::apply)
                .forEach(route -> missing.addAll(route.getPatternValues()));
        missing.remove("");
        paths.forEach((pattern, some) -> {
            if (!some.isEmpty()) {
                missing.remove(pattern);
            }
        });
        return missing;
    }

    /** The same for a payload in the address, as a browser writes it. */
    static String reflected(Payload payload) {
        return encoded(payload.in(HostileWorld.REFLECTED));
    }
}
