package io.caravan.bench;

import org.junit.jupiter.api.Test;

/** From the start of the process to the pages being there: a first start (unpack, install, migrate) each time. */
class StartBench {

    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);

    @Test
    void start() throws Exception {
        Figures figures = new Figures();
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            try (Product product = Product.start("512m")) {
                figures.add("first start to pages: s", (System.nanoTime() - began) / 1e9);
                figures.add("idle: application resident MB", product.application().residentMegabytes());
                figures.add("idle: database resident MB", product.databaseServer().residentMegabytes());
            }
        }
        figures.print("start on an empty data folder");
    }
}
