package io.caravan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * nodemailer with a pool of 20 connections, as its own papers advise for bulk: the same mail from template literals, no ledger. Each run is a
 * process that warms up by itself before it measures.
 */
final class Nodemailer {

    private static final String INSTALL = "npm install --prefix target/peers --ignore-scripts nodemailer@10.6.1";
    private static final int WARM_UP = 2_000;

    private static final String SCRIPT = """
            const [port, people, warm, key] = process.argv.slice(2);
            const options = {host: '127.0.0.1', port: Number(port), secure: false, ignoreTLS: true, pool: true, maxConnections: 20,
                maxMessages: Infinity};
            if (key) {
                options.dkim = {domainName: 'src.example', keySelector: 's1', privateKey: require('fs').readFileSync(key, 'utf8')};
            }
            const transport = require('nodemailer').createTransport(options);
            const html = p => `HTML`;
            const text = p => `TEXT`;
            const send = n => {
                const p = {first_name: 'Ana' + n, last_name: 'Rossi' + n % 977, city: 'Turin', plan: 'gold', code: 100000 + n,
                    shop: 'Corso ' + n % 83};
                return transport.sendMail({from: 'Shop <news@src.example>', to: 'p' + n + '@dest.example', subject: 'SUBJECT',
                    html: html(p), text: text(p)});
            };
            const all = async count => {
                let next = 0;
                const one = async () => { while (next < count) await send(next++); };
                await Promise.all(Array.from({length: 60}, one));
            };
            (async () => {
                await all(Number(warm));
                const cpu = process.cpuUsage(), began = process.hrtime.bigint();
                await all(Number(people));
                const used = process.cpuUsage(cpu);
                console.log(Number(process.hrtime.bigint() - began) / 1e9, used.user + used.system);
                transport.close();
            })().catch(fault => { console.error(fault); process.exit(1); });
            """;

    private final Path folder;
    private final Path key;

    /** @throws NotHere without node or nodemailer */
    Nodemailer() throws Exception {
        folder = Files.createTempDirectory(Path.of("target"), "nodemailer-").toAbsolutePath();
        Files.writeString(folder.resolve("send.cjs"),
                SCRIPT.replace("HTML", literal(Letters.HTML)).replace("TEXT", literal(Letters.TEXT))
                        .replace("SUBJECT", Letters.SUBJECT));
        key = key(folder.resolve("key.pem"));
        System.out.println(
                "nodemailer " + node("-p", "require('nodemailer/package.json').version + ', node ' + process.version"));
    }

    /** Thymeleaf's places for values as those of a template literal. */
    private static String literal(String template) {
        return template.replaceAll("<(\\w+) th:text=\"\\$\\{(\\w+)}\">[^<]*<", "<$1>\\${p.$2}<")
                .replaceAll("\\[\\(\\$\\{(\\w+)}\\)]", "\\${p.$1}");
    }

    private static Path key(Path file) throws IOException, GeneralSecurityException {
        KeyPairGenerator maker = KeyPairGenerator.getInstance("RSA");
        maker.initialize(2048);
        String pem = Base64.getMimeEncoder(64, new byte[]{'\n'})
                .encodeToString(maker.generateKeyPair().getPrivate().getEncoded());
        return Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + pem + "\n-----END PRIVATE KEY-----\n");
    }

    void send(String title, int port, int mails, boolean signed, Figures figures) throws Exception {
        String said = node("send.cjs", Integer.toString(port), Integer.toString(mails),
                Integer.toString(Math.min(mails, WARM_UP)), signed ? key.toString() : "");
        String[] numbers = said.split(" ");
        figures.add(title + ": mails/s", mails / Double.parseDouble(numbers[0]));
        figures.add(title + ": client us/mail", Double.parseDouble(numbers[1]) / mails);
    }

    private String node(String... arguments) throws Exception {
        ProcessBuilder node = new ProcessBuilder("node").directory(folder.toFile())
                .redirectError(folder.resolve("error").toFile()).redirectOutput(folder.resolve("out").toFile());
        node.command().addAll(java.util.List.of(arguments));
        node.environment().put("NODE_PATH", Path.of("target/peers/node_modules").toAbsolutePath()
                + ":/usr/share/nodejs:/usr/local/lib/node_modules:/usr/lib/node_modules");
        Process process;
        try {
            process = node.start();
        } catch (IOException e) {
            throw new NotHere("node is not here: apt-get install --no-install-recommends nodejs npm, then " + INSTALL);
        }
        if (!process.waitFor(15, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("nodemailer did not come to an end in 15 minutes");
        }
        String error = Files.readString(folder.resolve("error"), StandardCharsets.UTF_8);
        if (error.contains("Cannot find module 'nodemailer")) {
            throw new NotHere("nodemailer is not here: " + INSTALL);
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException("nodemailer failed: " + error);
        }
        return Files.readString(folder.resolve("out")).strip();
    }
}
