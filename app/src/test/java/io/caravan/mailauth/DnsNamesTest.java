package io.caravan.mailauth;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

import io.caravan.mail.InvalidInput;
import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DnsNamesTest {

    private final AtomicInteger questions = new AtomicInteger();
    private DatagramSocket socket;

    @BeforeEach
    void listen() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void stop() {
        socket.close();
    }

    @Test
    void asksAServerAndRemembersWhatItSaid() {
        DnsNames names = names(Duration.ofSeconds(20));

        assertThat(names.look(Type.TXT, "alias.example")).isEqualTo(new Answer.Found(List.of("one two")));
        assertThat(names.look(Type.TXT, "ALIAS.example")).isEqualTo(new Answer.Found(List.of("one two")));
        assertThat(names.look(Type.MX, "mx.example")).isEqualTo(new Answer.Found(List.of("a.example", "b.example")));
        assertThat(names.look(Type.A, "gone.example")).isEqualTo(new Answer.None(false));
        assertThat(names.look(Type.A, "bare.example")).isEqualTo(new Answer.None(true));
        assertThat(names.look(Type.A, "broken.example")).isInstanceOf(Answer.Fault.class);
        assertThat(questions).hasValue(5);
    }

    @Test
    void anAliasExistsThoughItsTargetDoesNot() {
        assertThat(names(Duration.ofSeconds(20)).look(Type.A, "stale.example")).isEqualTo(new Answer.None(true));
    }

    @Test
    void asksNothingMoreWhenTheTimeForAllQuestionsIsOver() {
        DnsNames names = names(Duration.ZERO);

        assertThat(names.look(Type.TXT, "alias.example")).isInstanceOf(Answer.Fault.class);
        assertThat(questions).hasValue(0);
    }

    @Test
    void refusesServersThatAreNoAddresses() {
        assertThatThrownBy(() -> new DnsNames(List.of("dns.example", "127.0.0.1:0", "[::1]:53"), Duration.ofSeconds(1),
                Duration.ofSeconds(1), System::nanoTime)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("'dns.example'").hasMessageContaining("'127.0.0.1:0'");
    }

    private DnsNames names(Duration budget) {
        return new DnsNames(List.of("127.0.0.1:" + socket.getLocalPort()), Duration.ofSeconds(5), budget,
                System::nanoTime);
    }

    private void serve() {
        byte[] room = new byte[4096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(room, room.length);
                socket.receive(packet);
                questions.incrementAndGet();
                byte[] answer = answer(new Message(java.util.Arrays.copyOf(room, packet.getLength()))).toWire();
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private static Message answer(Message query) throws IOException {
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(query.getQuestion(), Section.QUESTION);
        switch (query.getQuestion().getName().toString().toLowerCase(java.util.Locale.ROOT)) {
            case "alias.example." -> {
                add(answer, "alias.example.", org.xbill.DNS.Type.CNAME, "real.example.");
                add(answer, "real.example.", org.xbill.DNS.Type.TXT, "\"one \" \"two\"");
            }
            case "mx.example." -> {
                add(answer, "mx.example.", org.xbill.DNS.Type.MX, "20 b.example.");
                add(answer, "mx.example.", org.xbill.DNS.Type.MX, "10 a.example.");
            }
            case "stale.example." -> {
                add(answer, "stale.example.", org.xbill.DNS.Type.CNAME, "gone.example.");
                answer.getHeader().setRcode(Rcode.NXDOMAIN);
            }
            case "gone.example." -> answer.getHeader().setRcode(Rcode.NXDOMAIN);
            case "broken.example." -> answer.getHeader().setRcode(Rcode.SERVFAIL);
            default -> {
                // no records
            }
        }
        return answer;
    }

    private static void add(Message answer, String name, int type, String data) throws IOException {
        answer.addRecord(Record.fromString(new Name(name), type, org.xbill.DNS.DClass.IN, 60, data, Name.root),
                Section.ANSWER);
    }
}
