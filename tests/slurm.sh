#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts that the README and the manual show for Slurm, run by a Slurm of
# this test's own: two nodes on this machine, in a folder and on ports that
# nobody else has.  A task is killed and put back, a node drained, a part fails
# for a reason of its own and runs again; the forecasts are a single run's.
# `make test-slurm`; skipped, with the reason, where Slurm cannot start.
. tests/packages.bash
need slurmctld slurm-wlm munge
need munged munge
[ "$(id -u)" -eq 0 ] || skip "slurmd must be started by root"
. tests/sh/setup.bash
tests/shown.sh "$work/shown" || exit 1
compile generate tests/bench/generate.c -lm
cd "$work" || exit 1
mkdir bin log state munge night
ln -s "$nightcast" bin/nightcast
export PATH=$work/bin:$PATH SLURM_CONF=$work/slurm.conf
SERIES=20000

free_port() { # the first of which nobody answers, from $1 on
	local port=$1
	while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}
write_configuration() {
	local host base=$((20000 + RANDOM % 8000))
	host=$(hostname -s)
	cat >slurm.conf <<-END
		ClusterName=nightcast
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=$(free_port $base)
		SlurmUser=root
		AuthType=auth/munge
		AuthInfo=socket=$work/munge/socket,cred_expire=5
		CredType=cred/munge
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SwitchType=switch/none
		MpiDefault=none
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
		StateSaveLocation=$work/state
		SlurmctldPidFile=$work/slurmctld.pid
		SlurmctldLogFile=$work/log/slurmctld
		SlurmdPidFile=$work/slurmd.%n.pid
		SlurmdLogFile=$work/log/slurmd.%n
		SlurmdSpoolDir=$work/spool.%n
		SlurmdParameters=config_overrides
		ReturnToService=2
		KillWait=2
		MailProg=/bin/true
		NodeName=one NodeHostname=$host NodeAddr=127.0.0.1 CPUs=2 Port=$(free_port $((base + 100)))
		NodeName=two NodeHostname=$host NodeAddr=127.0.0.1 CPUs=2 Port=$(free_port $((base + 200)))
		PartitionName=night Nodes=one,two Default=YES MaxTime=INFINITE State=UP
	END
}
# start NAME PID-FILE COMMAND...: or the reason why not
start() {
	local name=$1 file=$2
	shift 2
	"$@" >"log/start.$name" 2>&1 ||
		skip "$name does not start: $(tail -n 1 "log/start.$name")"
	pids="$pids $work/$file"
}
stop_all() {
	local file
	for file in $pids; do
		[ -s "$file" ] && kill "$(<"$file")"
	done
	sleep 1
	chmod -R u+w "$work"
	rm -rf "$work"
} 2>/dev/null
# until SECONDS COMMAND...: tried ten times a second
until_so() {
	local tries=$(($1 * 10))
	shift
	while ! "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}
nodes_are_idle() { [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 2 ]; }
state_of() { scontrol -o show job "$1" 2>/dev/null | sed -n 's/.* JobState=\([A-Z]*\).*/\1/p' | tail -n 1; }
is_running() { [ "$(state_of "$1")" = RUNNING ]; }
has_ended() { case $(state_of "$1") in COMPLETED | FAILED | CANCELLED) ;; *) false ;; esac; }
has_completed() { [ "$(state_of "$1")" = COMPLETED ]; }
has_failed() { [ "$(state_of "$1")" = FAILED ]; }
node_is() { sinfo -h -n "$1" -o %T | grep -q "^$2"; }
all_ended() { [ -z "$(squeue -h)" ]; }
id_of() { sed -n 's/Submitted batch job //p'; }

pids=
trap stop_all EXIT # in place of setup.bash's
write_configuration
dd if=/dev/urandom of=key bs=128 count=1 2>/dev/null
chmod 400 key
start munged munge/pid munged --force --key-file="$work/key" \
	--socket="$work/munge/socket" --pid-file="$work/munge/pid" \
	--log-file="$work/munge/log" --seed-file="$work/munge/seed"
start slurmctld slurmctld.pid slurmctld
for node in one two; do
	start "slurmd of $node" slurmd.$node.pid slurmd -N $node
done
until_so 30 nodes_are_idle ||
	skip "no idle nodes: $(tail -qn 1 log/slurmctld log/slurmd.* | tr '\n' ' ')"
echo "$(slurmd -V), two nodes"

cd night || exit 1
cp ../shown/*.sh .
../generate -n $SERIES --min 60 --max 120 --clean >sales.csv
nightcast forecast -q -H 14 sales.csv -o ../single.csv || fail "a single run"

# one part cannot be written
mkdir part5.csv
merge=$(bash night.sh | id_of)
parts=$((merge - 1)) # the jobs before it are the array, and learning
until_so 300 has_ended $((merge - 2)) && [ -s learned.txt ] ||
	fail "learn: $(state_of $((merge - 2))): $(cat slurm-*.out)"
# another is killed, and put back; a node is drained while it works
until_so 60 is_running ${parts}_2 || fail "no task 2: $(squeue)"
scancel --signal=KILL --full ${parts}_2 || fail "scancel"
until_so 30 has_ended ${parts}_2 && ! has_completed ${parts}_2 ||
	fail "task 2: $(state_of ${parts}_2)"
[ ! -e part2.csv ] || fail "a killed task has written its part"
scontrol requeue ${parts}_2 || fail "requeue"
scontrol update NodeName=two State=DRAIN Reason=test || fail "drain"
until_so 60 node_is two drained || fail "node two: $(sinfo -h)"
before=$(ls part*.csv | wc -l)
until_so 120 is_running ${parts}_8 || fail "task 8 on one node: $(squeue)"
scontrol -o show job ${parts}_8 | grep -q ' NodeList=one ' ||
	fail "task 8 runs on a node that was drained"
scontrol update NodeName=two State=RESUME || fail "resume"
until_so 300 has_ended "$merge" || fail "merge: $(squeue)"
scontrol -o show job ${parts}_2 | grep -q ' Restarts=1 ' ||
	fail "task 2 was not put back"
has_failed ${parts}_5 || fail "task 5: $(state_of ${parts}_5)"
for k in 1 2 3 4 6 7 8; do
	[ "$(state_of ${parts}_$k)" = COMPLETED ] ||
		fail "task $k: $(state_of ${parts}_$k): $(cat slurm-${parts}_$k.out)"
done
has_failed "$merge" && [ "$(head -n 1 <(grep -v nightcast: slurm-$merge.out))" = 5 ] ||
	fail "merge without a part: $(cat slurm-$merge.out)"
[ ! -e forecasts.csv ] || fail "forecasts of seven parts of eight"
[ "$before" -lt 8 ] || fail "the node was drained too late"

rmdir part5.csv
merge=$(bash again.sh | id_of)
until_so 120 has_ended "$merge" || fail "merge, again: $(squeue)"
[ "$(state_of "$merge")" = COMPLETED ] ||
	fail "merge, again: $(cat slurm-$merge.out)"
cmp forecasts.csv ../single.csv || fail "other forecasts than a single run's"
cp part3.csv kept.csv
sbatch -W --array=3 parts.sh >/dev/null || fail "task 3, again"
cmp part3.csv kept.csv || fail "a part's second run has other bytes"

# ranks of a step instead of an array
srun -n 4 nightcast forecast -q -H 3 -m naive --shard auto \
	"$project/data/monthly.csv" -o 'rank{K}.csv' || fail "srun -n 4"
nightcast forecast -q -H 3 -m naive "$project/data/monthly.csv" -o ../ranks.csv
nightcast merge -q rank?.csv | cmp - ../ranks.csv || fail "the ranks of srun"
# and an array whose tasks have several ranks is refused
sbatch -W --array=1-2 -n 2 --wrap "srun nightcast forecast -q -H 3 -m naive \
	--shard auto $project/data/monthly.csv -o 'both{K}.csv'" >said 2>&1
grep -q 'SLURM_ARRAY_TASK_ID=1 and SLURM_PROCID=' slurm-*_1.out ||
	fail "tasks of two ranks: $(tail -n 2 slurm-*_1.out)"
until_so 30 all_ended || fail "something is left: $(squeue)"
echo "$SERIES series in 8 parts on 2 nodes: one killed and put back, one run again"
echo "$((failures == 0)) passed, $failures failed"
finish
