"""A SLURM of one node on loopback, from Debian's packages, with everything it writes in one folder: no service of the
machine is touched, and no rights beyond this user's are needed."""
import os
import pathlib
import shutil
import socket
import subprocess
import time

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue")


def missing():
    """The programs that are not installed."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [name for name in NEEDED if not shutil.which(name, path=path)]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class SlurmNode:
    """`with SlurmNode(folder) as node:` runs munged, slurmctld and slurmd; `node.call("sbatch", ...)` talks to them."""

    def __init__(self, folder, cpus=2, memory_mb=4000):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        host = socket.gethostname().split(".")[0]
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        control_port, node_port = free_ports(2)
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        self.config = self.folder / "slurm.conf"
        self.config.write_text(f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={control_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CryptoType=crypto/munge
# A job that goes back into the queue waits for its credentials to expire.
AuthInfo=socket={self.folder}/munge.socket,cred_expire=5
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
KillWait=3
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
""")
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        self.environment = dict(os.environ, SLURM_CONF=str(self.config))
        self.environment["PATH"] += ":/usr/sbin:/sbin"
        self.daemons = []

    def __enter__(self):
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        try:
            self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                       f"--pid-file={self.folder}/munge.pid", f"--log-file={self.folder}/munge.log",
                       f"--seed-file={self.folder}/munge.seed")
            self.wait_for(lambda: (self.folder / "munge.socket").exists(), "munged")
            self.start("slurmctld", "-D", "-f", self.config)
            self.start("slurmd", "-D", "-f", self.config)
            self.wait_for(lambda: "idle" in self.call("sinfo", "-h", "-o", "%t", check=False).stdout, "the node")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in reversed(self.daemons):
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def start(self, *command):
        log = open(self.folder / f"{command[0]}.out", "w")
        self.daemons.append(subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, env=self.environment))

    def wait_for(self, ready, what, seconds=60):
        end = time.monotonic() + seconds
        while not ready():
            ended = [d.args[0] for d in self.daemons if d.poll() is not None]
            if ended or time.monotonic() > end:
                logs = "".join(f"--- {p.name}\n{p.read_text(errors='replace')[-2000:]}"
                               for p in sorted(self.folder.glob("*.out")) + sorted(self.folder.glob("slurm*.log")))
                raise AssertionError(f"{what} did not come up; ended: {ended}\n{logs}")
            time.sleep(0.1)

    def call(self, *command, check=True, **more):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=self.environment, timeout=120,
                              check=False, **more)
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def states(self):
        """Job (or task of an array) -> state, of what is in the queue."""
        lines = self.call("squeue", "--all", "--array", "-h", "-o", "%i %T").stdout.split("\n")
        return dict(line.split() for line in lines if line)

    def drain(self, seconds=300):
        """Waits until the queue is empty."""
        end = time.monotonic() + seconds
        while self.states():
            assert time.monotonic() < end, f"the queue does not empty:\n{self.call('scontrol', 'show', 'job').stdout}"
            time.sleep(0.5)
