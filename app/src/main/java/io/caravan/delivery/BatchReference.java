package io.caravan.delivery;

import java.io.Serializable;

/**
 * What crosses the seam from claiming to delivering: who holds which batch, never mail. Small and serialisable, so that the seam may be a
 * broker.
 */
public record BatchReference(long batch, long run, int node, int epoch, int size) implements Serializable {
}
