"""The report of a run over one source."""

from __future__ import annotations

from etl.report import Performance, RunReport, SourceReport

SOURCE = SourceReport(
    units=1200,
    units_read=200,
    units_unchanged=1000,
    units_quarantined=1,
    found=54321,
    accepted=54000,
    duplicate=300,
    ignored={"separator": 20, "other": 1},
    quarantined=0,
    items=1199,
    matched=1000,
    review=90,
    unmatched=109,
)
REPORT = RunReport(
    status="complete",
    exit_status=0,
    message="fine",
    etl_version="1",
    started_at="2024-05-01T10:00:00Z",
    finished_at="2024-05-01T10:01:00Z",
    output="/out/etl_output.json",
    content_sha256="0" * 64,
    output_left_alone=False,
    sample=False,
    partial=False,
    sources={"telegram": SOURCE},
    without_data={},
    companies={"total": 7, "with_data": 5, "without_data": 2},
    findings={},
    quarantine=(),
    unrecognised=(),
    passed_over={},
    vanished=0,
    lost={},
    mapping_issues=(),
    executor="thread",
    performance=Performance(
        total_duration_seconds=61.24,
        processing_times={},
        total_errors=0,
        error_rate=0.0,
        max_workers=4,
        batch_size=100,
        chats_per_second=20.0,
        megabytes_per_minute=120.0,
        peak_memory_mb=1234.5,
        units_read=200,
        units_unchanged=1000,
    ),
)
