"""Going back on a cluster: a release comes back as one unit, and what cannot be gone back to is refused."""

from test_deploy import Watch


def lifetime(deployed):
    [container] = deployed.get("deployment", "backend")["spec"]["template"]["spec"]["containers"]
    return next(entry["value"] for entry in container["env"] if entry["name"] == "TOKEN_LIFETIME")


def test_back_as_one_unit_while_it_serves(deployed):
    before, was = deployed.current(), lifetime(deployed)
    with Watch(deployed) as watch:
        deployed.ok("deploy", backend_token_lifetime=4321)
        serving = deployed.current()
        assert lifetime(deployed) == "4321"
        assert deployed.ok("rollback", "--check", "--diff").says(rf"TOKEN_LIFETIME\.value: 4321 -> {was}") is None
        assert (deployed.current(), lifetime(deployed)) == (serving, "4321")

        deployed.ok("rollback")
        assert lifetime(deployed) == was
    assert not watch.wrong, watch.wrong[:10]
    assert deployed.current() == serving + 1
    journal = deployed.get("configmap", f"release-{serving + 1:06d}-journal")["data"]["journal"]
    assert f"rollback of {serving} to {before}" in journal
    assert '"schema"' in journal

    deployed.ok("rollback", todo_release=before).says("nothing to do", "changed=0")
    assert deployed.current() == serving + 1
    deployed.fails("rollback", todo_release=999999).says("there is no release 999999; recorded are: ")
    deployed.ok("deploy", "--check").says("nothing to do")  # as the inventory says again


def test_a_schema_that_the_older_code_cannot_use_is_refused(deployed):
    """The newest journal says what a migration of a newer backend would say of itself."""
    number = deployed.current()
    name = f"release-{deployed.newest_release():06d}-journal"
    journal = deployed.get("configmap", name)["data"]["journal"]
    newer = journal.replace('"oldest_compatible": "0001"', '"oldest_compatible": "9001"')
    assert newer != journal
    deployed.cluster.patch(deployed.name, "configmap", name, {"data": {"journal": newer}})
    try:
        older = deployed.fails("rollback")
        older.says("cannot use the database any more", "needs code of revision 9001 or later", "deploy forward")
        assert deployed.current() == number
    finally:
        deployed.cluster.patch(deployed.name, "configmap", name, {"data": {"journal": journal}})
