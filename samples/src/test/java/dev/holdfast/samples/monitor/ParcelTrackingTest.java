package dev.holdfast.samples.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParcelTrackingTest {

  @Test
  void a_parcel_has_arrived_when_its_time_has_come() {
    ParcelTracking.Parcel parcel = new ParcelTracking.Parcel();

    parcel.arrivalMillis = System.currentTimeMillis();
    assertThat(new ParcelTracking().askCarrier(parcel)).isEqualTo("delivered");

    parcel.arrivalMillis = Long.MAX_VALUE;
    assertThat(new ParcelTracking().askCarrier(parcel)).isEqualTo("in transit");
  }
}
