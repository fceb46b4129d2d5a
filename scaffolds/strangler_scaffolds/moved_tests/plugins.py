"""The fixtures that pytest itself has, and those of its usual plugins, by the distribution that brings them."""

from __future__ import annotations

_BUILT_IN = """
cache capfd capfdbinary caplog capsys capsysbinary capteesys doctest_namespace monkeypatch pytestconfig record_property
record_testsuite_property record_xml_attribute recwarn request subtests testdir pytester tmp_path tmp_path_factory
tmpdir tmpdir_factory
"""
#: What needs no plugin.
BUILT_IN = frozenset(_BUILT_IN.split())

_DISTRIBUTIONS = {
    "pytest-django": "admin_client admin_user async_client async_rf client db django_assert_max_num_queries"
    " django_assert_num_queries django_capture_on_commit_callbacks django_db_blocker django_db_reset_sequences"
    " django_db_serialized_rollback django_db_setup django_mail_patch_dns django_user_model django_username_field"
    " live_server mailoutbox rf settings transactional_db",
    "pytest-mock": "class_mocker mocker module_mocker package_mocker session_mocker",
    "pytest-asyncio": "event_loop event_loop_policy unused_tcp_port unused_tcp_port_factory",
    "anyio": "anyio_backend anyio_backend_name anyio_backend_options free_tcp_port free_udp_port",
    "pytest-httpx": "httpx_mock",
    "pytest-httpserver": "httpserver make_httpserver",
    "requests-mock": "requests_mock",
    "pytest-freezer": "freezer",
    "pytest-benchmark": "benchmark",
    "pytest-celery": "celery_app celery_worker celery_config celery_session_app celery_session_worker",
    "faker": "faker",
    "respx": "respx_mock",
}
#: Fixture → the distribution of the plugin that has it.
PLUGINS = {name: distribution for distribution, names in _DISTRIBUTIONS.items() for name in names.split()}
