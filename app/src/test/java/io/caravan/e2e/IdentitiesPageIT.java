package io.caravan.e2e;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.flow.DkimDesk;
import io.caravan.mailauth.SigningAlgorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Signing keys as a person turns them, by the keyboard alone. */
class IdentitiesPageIT {

    private static Pages pages;
    private static DkimDesk desk;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
        desk = pages.server.bean(DkimDesk.class);
        pages.server.sql().sql("delete from dkim_key").update();
    }

    @Test
    void aDomainGetsItsFirstKeyAndTheNextOne() {
        pages.check("/identities");
        assertThat(pages.text()).contains(DkimDesk.provider());
        pages.tabTo("#domain").press("keys.example", Keys.ENTER);
        pages.until("the identity is open", () -> pages.path().equals("/identities/keys.example"));
        assertThat(pages.text("#unsigned")).contains("leaves unsigned");
        pages.check("/identities/keys.example");

        pages.tabTo("#selector").press("k1").tabTo("#make").press(Keys.ENTER);
        pages.untilText(".said", "The key k1 is made");
        DkimDesk.Line made = line("k1");
        assertThat(pages.find("#record-k1").getDomProperty("value")).isEqualTo(made.record());
        assertThat(pages.text("[data-key=k1]")).contains("new", made.name());
        pages.tabTo("#unchecked-k1").press(Keys.SPACE).tabTo("#activate-k1").press(Keys.ENTER);
        pages.untilText(".said", "k1 signs mail that is dated from");
        assertThat(pages.text("#signed")).contains("signed with rsa k1");

        desk.make("keys.example", SigningAlgorithm.RSA, "k2");
        desk.activate("keys.example", "k2", true);
        pages.server.sql().sql("update dkim_key set signs_from = now(6) - interval 1 day where selector = 'k2'")
                .update();
        pages.server.sql().sql("update dkim_key set signs_from = now(6) - interval 2 day,"
                + " signs_until = now(6) - interval 1 day where selector = 'k1'").update();
        pages.check("/identities/keys.example");
        assertThat(pages.text("[data-key=k1]")).contains("replaced", "It can be retired from",
                "what it still signs, mail that is tried again");
        assertThat(pages.all("[data-key]").stream().map(each -> each.getDomAttribute("data-key")).toList())
                .isEqualTo(List.of("k2", "k1"));
        pages.tabTo("#lost-k1").press(Keys.ENTER).tabTo("#retire-k1").press(Keys.ENTER);
        pages.untilText(".said", "k1 is retired");
        assertThat(line("k1").state().word()).isEqualTo("retired");
        pages.check("/identities");
        assertThat(pages.text("[data-identity='keys.example']")).contains("rsa k2");
        pages.screenshots("/identities/keys.example", "identity");
    }

    @Test
    void aDomainThatSendsUnsignedIsShownWithWhatToDo() {
        pages.sent("identities-unsigned", Server.people(2, "example.org"), "from: News <news@unsigned.example>");

        pages.check("/identities");

        assertThat(pages.text("[data-identity='unsigned.example']")).contains("unsigned", "without a signature",
                "make a key");
        pages.screenshots("/identities", "identities");
        pages.tabTo("[data-identity='unsigned.example'] td:last-child a").press(Keys.ENTER);
        pages.until("its page is open", () -> pages.path().equals("/identities/unsigned.example"));

        desk.make("unsigned.example", SigningAlgorithm.RSA, "u1");
        pages.open("/identities");
        assertThat(pages.text("[data-identity='unsigned.example']")).contains("a new key waits",
                "published in the DNS and activated");
    }

    @Test
    void theFromDomainOfACampaignThatNeverRanIsShownUnsignedBeforeItsFirstMail() {
        pages.server.campaign("identities-early", Server.people(2, "example.org"),
                "from: Ana's Shop <news@Early.Example>", "schedule: {at: 2099-01-01T09:00}");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> pages.server.bean(Campaigns.class).find("identities-early").isPresent());
        assertThat(pages.server.runs("identities-early")).isEmpty();

        pages.check("/identities");

        assertThat(pages.text("[data-identity='early.example']")).contains("unsigned", "make a key");
        pages.screenshots("/identities", "identities-early");
        pages.server.act("identities-early", Action.CANCEL);
        assertThat(pages.open("/identities").all("[data-identity='early.example']")).as("it never will send").isEmpty();
    }

    @Test
    void whatCannotBeIsRefusedInASentence() {
        pages.open("/identities/refused.example").tabTo("#selector").press("Not One").tabTo("#make").press(Keys.ENTER);

        pages.untilText(".refused", "cannot be a selector");
        assertThat(desk.list("refused.example")).isEmpty();
        pages.open("/identities").tabTo("#domain").press("nobody", Keys.ENTER);
        pages.untilText(".refused", "there is no identity nobody");
    }

    @Test
    void aRecordThatIsNotInTheDnsIsNamedOnTheIdentitysPage() {
        DkimDesk.Line made = desk.make("record.example", SigningAlgorithm.ED25519, "r1");
        desk.activate("record.example", "r1", true);

        pages.check("/identities/record.example");

        assertThat(pages.text("#unverifiable")).contains("Receivers cannot verify what r1 signs");
        assertThat(pages.text("[data-wrong=r1]")).contains("at " + made.name() + " in the DNS there is no TXT record.",
                "Put there exactly one TXT record, the one below.");
        assertThat(pages.find("#record-r1").getDomProperty("value")).isEqualTo(made.record());
        pages.screenshots("/identities/record.example", "identity-record");
        Pages.DNS.with(made.name(), "TXT", '"' + made.record() + '"');
        desk.make("good.example", SigningAlgorithm.ED25519, "g1");
        DkimDesk.Line good = desk.list("good.example").getFirst();
        Pages.DNS.with(good.name(), "TXT", '"' + good.record() + '"');
        pages.open("/identities/good.example").tabTo("#activate-g1").press(Keys.ENTER);
        pages.untilText("#signed", "is signed with ed25519 g1");
        assertThat(pages.all("#unverifiable")).isEmpty();
        assertThat(pages.all("[data-wrong], [data-unknown]")).isEmpty();
    }

    @Test
    void heldMailIsLetGoUnsignedOnlyOnceThatIsConfirmed() {
        desk.make("nomore.example", SigningAlgorithm.ED25519, "n1");
        desk.activate("nomore.example", "n1", true);
        assertThat(pages.open("/identities/nomore.example").all("#no-more")).as("a key signs").isEmpty();
        desk.retire("nomore.example", "n1", true);
        pages.server.sql().sql("update dkim_key set signs_from = now(6) - interval 1 day, signs_until = now(6)"
                + " where selector = 'n1'").update();

        pages.check("/identities/nomore.example");
        assertThat(pages.text("#unsigned")).contains("waits: its key was retired");
        pages.tabTo("#no-more").press(Keys.ENTER).tabTo("#sign-no-more").press(Keys.ENTER);
        assertThat(desk.standing("nomore.example").held()).as("the browser asks for the tick").isTrue();
        pages.screenshots("/identities/nomore.example", "identity-held");
        pages.open("/identities/nomore.example").tabTo("#no-more").press(Keys.ENTER);
        pages.script("document.getElementById('sure').required = false");
        pages.tabTo("#sign-no-more").press(Keys.ENTER);
        pages.untilText(".refused", "tick that mail shall leave unsigned");
        assertThat(desk.standing("nomore.example").held()).isTrue();

        pages.tabTo("#no-more").press(Keys.ENTER).tabTo("#sure").press(Keys.SPACE).tabTo("#sign-no-more")
                .press(Keys.ENTER);

        pages.untilText(".said", "Mail leaves unsigned from");
        assertThat(desk.standing("nomore.example").held()).isFalse();
        assertThat(pages.text("#unsigned")).contains("leaves unsigned: no key signs, and signing was given up on");
        assertThat(pages.all("#no-more")).isEmpty();
    }

    @Test
    void aDomainWhoseRsaKeyIsRetiredAtOnceIsHeldAlthoughAnEd25519KeySigns() {
        desk.make("norsa.example", SigningAlgorithm.ED25519, "e1");
        desk.make("norsa.example", SigningAlgorithm.RSA, "s1");
        desk.activate("norsa.example", "e1", true);
        desk.activate("norsa.example", "s1", true);
        pages.server.sql()
                .sql("update dkim_key set signs_from = now(6) - interval 1 day where domain = 'norsa.example'")
                .update();
        pages.open("/identities/norsa.example").tabTo("#lost-s1").press(Keys.ENTER).tabTo("#retire-s1")
                .press(Keys.ENTER);
        pages.untilText(".said", "s1 is retired");

        pages.check("/identities");
        assertThat(pages.text("[data-identity='norsa.example']")).contains("ed25519 e1", "held",
                "its RSA key was retired, and its mail waits for another one: make a key");
        pages.check("/identities/norsa.example");
        assertThat(pages.all("#signed")).isEmpty();
        assertThat(pages.text("#unsigned")).contains(
                "waits: its RSA key was retired, and many receivers do not verify ed25519 e1 alone. Make an RSA key below.");
        pages.screenshots("/identities/norsa.example", "identity-held-rsa");
        pages.open("/identities/norsa.example").tabTo("#no-more").press(Keys.ENTER).tabTo("#sure").press(Keys.SPACE)
                .tabTo("#sign-no-more").press(Keys.ENTER);

        pages.untilText(".said", "Mail leaves signed with ed25519 e1 from");
        assertThat(pages.text("#signed")).contains("is signed with ed25519 e1");
        assertThat(pages.all("#no-more, #unsigned")).isEmpty();
    }

    private static DkimDesk.Line line(String selector) {
        return desk.list("keys.example").stream().filter(key -> key.selector().equals(selector)).findFirst()
                .orElseThrow();
    }
}
