"""How each leg pedalled, and both together, as it is told."""

import msgspec


class LegDynamics(msgspec.Struct, frozen=True, gc=False):
    """How one leg pedalled, as means over the pedalling that carried the value; None where nothing told it.

    Angles are degrees, 0 up to 360, of this leg's crank from its top dead centre in the direction of pedalling.

    Attributes:
        torque_effectiveness_percent: of this leg's forward work what was left after its backward work.
        pedal_smoothness_percent: mean power of a revolution in parts of its greatest.
        platform_centre_offset_mm: where the foot pressed; above 0 away from the bicycle.
        power_phase_start_deg: where this leg began to drive the crank forward; `power_phase_end_deg` where it ended.
        peak_phase_start_deg: where the part began that does most of the work; `peak_phase_end_deg` where it ended.
        seconds: of pedalling that carried any of these.
    """

    torque_effectiveness_percent: float | None = None
    pedal_smoothness_percent: float | None = None
    platform_centre_offset_mm: float | None = None
    power_phase_start_deg: float | None = None
    power_phase_end_deg: float | None = None
    peak_phase_start_deg: float | None = None
    peak_phase_end_deg: float | None = None
    seconds: float = 0.0


class Dynamics(msgspec.Struct, frozen=True, gc=False):
    """Both legs' cycling dynamics over some pedalling; `seconds` is the pedalling that carried any of it.

    Attributes:
        combined_pedal_smoothness_percent: of both legs together, from a meter with one sensor for both.
        top_dead_spot_deg: where the least torque is met near the top, both legs together; `bottom_dead_spot_deg`
            near the bottom. Degrees of the crank, from meters that send them over Bluetooth.
    """

    left: LegDynamics = LegDynamics()
    right: LegDynamics = LegDynamics()
    combined_pedal_smoothness_percent: float | None = None
    top_dead_spot_deg: float | None = None
    bottom_dead_spot_deg: float | None = None
    seconds: float = 0.0
