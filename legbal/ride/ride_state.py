"""What a ride has gathered at one moment, and the view of it."""

from collections import Counter, deque
from collections.abc import Sequence

import msgspec

from legbal.meters.limits import Remark, applicable
from legbal.ride.alerts import Alerts, load_kinds
from legbal.ride.drill import OneLegDetector
from legbal.ride.events import Defect, Event
from legbal.ride.glance import glance_at
from legbal.ride.heart_rate import HeartRateReadings
from legbal.ride.inputs import Setup
from legbal.ride.interval import Intervals
from legbal.ride.meter import Meter
from legbal.ride.meter_fault import MeterFault
from legbal.ride.pauses import Pauses
from legbal.ride.power_source import PowerSource, count, mean_since, unusable
from legbal.ride.share import BalanceQuality, Share
from legbal.ride.statistics import RideStatistics
from legbal.ride.usual import UsualBalance
from legbal.ride.view import Glance, RideView, leave_out_invalid
from legbal.ride.work_interval import with_dropoffs

load_kinds()

_POWER_OVER_S, _POWERS = 3.0, 512  # power is stated so often within that time, at the most


class RideState:
    """What a ride has gathered, whoever feeds it, and how that looks.

    Attributes:
        setup: what it is ridden with.
        t: ride seconds of the latest input.
        intervals: the work so far, and the FTP that it speaks for.
        statistics: the revolutions counted, added up; another one once those so far were put aside.
        usual: the rider's usual balance, and what this ride teaches of it.
        pauses: when the rider paused.
        heart_rate: what a strap said, if there is one.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.t = self._measured_t = 0.0
        self._meters: dict[str, Meter] = {}
        self._source: PowerSource | None = None  # what is ridden on: the first that sends, or two as one
        self.statistics = RideStatistics(setup.bands, setup.profile.resolution_percent)
        self._powers: deque[tuple[float, float]] = deque(maxlen=_POWERS)
        self.intervals = Intervals.of(setup)
        self.usual = UsualBalance(setup)
        self._alerts = Alerts(setup, self.usual, self.intervals)
        self._ended = -1.0  # where the latest interval did
        self.pauses = Pauses()
        self.heart_rate = HeartRateReadings()
        self._notes: list[tuple[float, str]] = []
        self._inputs = self._laps = 0
        self._failures: Counter[Defect] = Counter()  # of all that was fed, whether told or not
        self._defects: set[tuple[str, str]] = set()  # those that were told
        self._untold: list[Event] = []  # met in a view, until the next input

    def whole_view(self) -> RideView:
        """The ride as it stands now; where this code fails on it, it raises that."""
        t, statistics, source, meters = self.t, self.statistics, self._source, self._meters.values()
        others = [meter for meter in meters if source is None or meter not in source.meters]
        not_counted = tuple(meter.name for meter in others if meter.notifications)
        of_ftp, plan, pauses = self.intervals.estimate.remark, self.setup.plan, self.pauses
        paused_s, active = pauses.total_s(t), source if pauses.since is None else None
        timer_s = t - paused_s
        sources: Sequence[PowerSource] = others if source is None else [*others, source]
        balance: BalanceQuality = "unknown" if source is None else source.balance
        is_one = balance not in ("absent", "constant")
        one_leg = statistics.one_leg if is_one else OneLegDetector()
        fault = self._alerts.meter_fault if is_one else MeterFault(self.usual.baseline)
        # what a side that gave up leaves looks like one leg alone, and is no drill
        drills = tuple(x for x in one_leg.drills if not fault.covers(x.start_s, x.end_s))
        no_drill_s = sum(x.seconds for x in one_leg.drills) - sum(x.seconds for x in drills)

        def worth(share: Share) -> Share:
            return share if is_one else Share(power_w=share.power_w)

        last_10s, trace, cues = worth(statistics.last(10.0, t)), statistics.ring.trace(t), self._alerts.cues
        intervals = tuple(
            msgspec.structs.replace(x, share=worth(x.share))
            for x in with_dropoffs(statistics.interval_views(self.usual_percent), cues.told)
        )
        view = RideView(
            t=t,
            balance=balance,
            reference="unknown" if source is None else source.reference,
            meter_name="" if source is None else source.name,
            limits=(
                *(() if source is None else source.limits()),
                *fault.limits(),
                *unusable(meters, +self._failures),
                *one_leg.limits(no_drill_s),
                *applicable((bool(not_counted), Remark("ride.not_counted", {"meters": not_counted}))),
                *(() if source is None or of_ftp is None else (of_ftp,)),
            ),
            links=tuple(m.device.link for m in meters),
            power_w=self.stated(t - _POWER_OVER_S)[0],
            cadence_rpm=None if active is None else active.cadence_rpm,
            heart_rate_bpm=self.heart_rate.latest(t),
            pedalling=active is not None and active.pedalling,
            one_leg=one_leg.side(t) if fault.wrong_since is None else None,
            one_sided=None if source is None else source.one_sided,
            last_3s=worth(statistics.last(3.0, t)),
            last_10s=last_10s,
            last_30s=worth(statistics.last(30.0, t)),
            glance=glance_at(t, statistics, self.usual, self.intervals, self._alerts) if is_one else Glance(),
            ride=worth(statistics.ride.share()),
            interval=intervals[-1] if intervals and intervals[-1].end_s is None else None,
            intervals=intervals,
            intervals_planned=len(plan) or None,
            interval_left_s=next((x.end - timer_s for x in plan if x.start <= timer_s < x.end), None),
            bands=tuple(msgspec.structs.replace(x, share=worth(x.share)) for x in statistics.bands()),
            drills=drills,
            weak_leg=self.usual.weak_leg,
            weak_leg_inferred=self.usual.weak_leg_inferred,
            target_percent=self.setup.threshold.target_percent,
            usual=None if last_10s.power_w is None else self.usual.at(last_10s.power_w),
            evidence=0.0 if active is None else self._alerts.evidence,
            watch=None if active is None else self._alerts.watch,
            alert=None if active is None else self._alerts.shown(t),
            not_back=self._alerts.not_back(t),
            recovered=cues.recovered(t),
            told=cues.alerts,
            meter_wrong_since=fault.wrong_since,
            meter_wrong=tuple(fault.stretches),
            paused_since=pauses.since,
            paused_s=paused_s,
            pauses=pauses.periods,
            muted=cues.muted,
            notes=tuple(self._notes),
            ftp_w=self.intervals.estimate.ftp_w,
            ftp_estimated=self.intervals.estimate.estimated,
            counts=count(meters, sources, self._failures["unusable_input"]),
            trace=trace.without_shares() if balance == "absent" else trace,
        )
        return leave_out_invalid(view)

    def stated(self, since: float) -> tuple[float | None, float | None]:
        """Mean of the watts stated after ride second `since`, and the cadence now; None where there is none."""
        cadence = None if self._source is None else self._source.cadence_rpm
        return mean_since(self._powers, since), cadence

    def usual_percent(self, power_w: float) -> float | None:
        """The left share that is usual at a power as believed now, today's level included; None: nothing is."""
        usual = self.usual.at(power_w)
        return None if usual is None else usual.left_percent
