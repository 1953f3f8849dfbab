package io.caravan.bench;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The whole road with one RSA-2048 signature a mail, by either provider, against what two threads sign that do nothing else. */
class SignedBench {

    private static final int PEOPLE = Rounds.people(20_000);
    private static final long SIGNING = 2_000_000_000L;
    static final String NATIVE_LIBRARY = "AmazonCorrettoCryptoProvider";
    private static final String NATIVE = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    @Test
    void signed() throws Exception {
        Figures.take(SignedBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        try (Sink sink = new Sink();
                Product jdk = signing(new Launch("512m").without(NATIVE_LIBRARY), sink);
                Product natively = signing(new Launch("512m"), sink)) {
            Provider provider = provider();
            expect(jdk, "JDK");
            people(jdk);
            people(natively);
            Rounds.all((name, counts) -> {
                Figures into = counts ? figures : new Figures();
                into.add("two threads, JDK: signatures/s", twoThreads(null));
                Mailing.of(jdk, name, "people", PEOPLE).into(into, "caravan, signed by the JDK");
                if (provider != null) {
                    into.add("two threads, AWS-LC: signatures/s", twoThreads(provider));
                    Mailing.of(natively, name, "people", PEOPLE).into(into, "caravan, signed by AWS-LC");
                }
            });
            figures.print("the signed road, RSA-2048, " + PEOPLE + " recipients, 20 connections, heap 512 MB");
            figures.bar(Bar.SIGNED_JDK, "caravan, signed by the JDK: mails/s", "two threads, JDK: signatures/s");
            if (provider == null) {
                figures.without(Bar.SIGNED_NATIVE, "AWS-LC does not work on this machine");
            } else {
                expect(natively, "AWS-LC");
                figures.bar(Bar.SIGNED_NATIVE, "caravan, signed by AWS-LC: mails/s",
                        "two threads, AWS-LC: signatures/s");
            }
        }
    }

    /** In production before the sink, with a key that signs. */
    static Product signing(Launch launch, Sink sink) throws Exception {
        List<String> options = new ArrayList<>(List.of(Product.to(sink.port)));
        options.add("--caravan.waits.key-notice=1s");
        Product product = Product.start(launch, options.toArray(String[]::new));
        try {
            product.sign();
            return product;
        } catch (Exception e) {
            product.close();
            throw e;
        }
    }

    private static void people(Product product) throws Exception {
        product.drop("people.csv", Letters.people(PEOPLE, 1));
        product.imported("people", PEOPLE);
    }

    /** So that no figure stands under the wrong name: health says who signs, and with what. */
    static void expect(Product product, String provider) throws Exception {
        try (Visitor visitor = new Visitor(product)) {
            String health = visitor.fetch("/actuator/health");
            if (!health.contains("\"provider\":\"" + provider) || !health.contains("signed with rsa s1")) {
                throw new IllegalStateException("mail is not signed by " + provider + " as it should be: " + health);
            }
        }
    }

    /** Null: it does not work here, and the product signs with the JDK too. */
    static @Nullable Provider provider() {
        try {
            return (Provider) Class.forName(NATIVE).getField("INSTANCE").get(null);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return null;
        }
    }

    private static double twoThreads(@Nullable Provider provider) throws Exception {
        KeyPairGenerator maker = KeyPairGenerator.getInstance("RSA");
        maker.initialize(2048);
        PrivateKey key = maker.generateKeyPair().getPrivate();
        long began = System.nanoTime();
        long signatures = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Long>> both = List.of(threads.submit(() -> sign(provider, key, began + SIGNING)),
                    threads.submit(() -> sign(provider, key, began + SIGNING)));
            for (Future<Long> one : both) {
                signatures += one.get();
            }
        }
        return signatures * 1e9 / (System.nanoTime() - began);
    }

    private static long sign(@Nullable Provider provider, PrivateKey key, long until)
            throws GeneralSecurityException {
        Signature signature = provider == null
                ? Signature.getInstance("SHA256withRSA")
                : Signature.getInstance("SHA256withRSA", provider);
        PrivateKey own = provider == null
                ? key
                : java.security.KeyFactory.getInstance("RSA", provider)
                        .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(key.getEncoded()));
        signature.initSign(own);
        byte[] header = new byte[1_000];
        long done = 0;
        while (System.nanoTime() < until) {
            signature.update(header);
            signature.sign();
            done++;
        }
        return done;
    }
}
