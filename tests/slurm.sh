#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts that the README and the manual show for Slurm, run by a Slurm of
# this test's own: two nodes on this machine, in a folder and on ports that
# nobody else has.  A task is killed and put back, a node drained, a part fails
# for a reason of its own and runs again; the forecasts are a single run's.
# `make test-slurm`; skipped, with the reason, where Slurm cannot start.
#
# Nothing here is a matter of speed.  A task waits until the test lets it go on,
# the test waits for what it needs to see, Slurm's own limits are set so that a
# loaded machine does not reach them, and one that is too slow for the limit on
# all of it together is a reason to skip.
. tests/packages.bash
[ "$(id -u)" -eq 0 ] || skip "slurmd must be started by root"
alone "$0" "$@"
need slurmctld slurm-wlm munge
need slurmd slurm-wlm munge
need munged munge
. tests/sh/setup.bash
tests/shown.sh "$work/shown" || exit 1
compile generate tests/bench/generate.c -lm
compile_faults
cd "$work" || exit 1
mkdir bin log state munge night
export PATH=$work/bin:$PATH SLURM_CONF=$work/slurm.conf
SERIES=${SERIES:-20000}
LIMIT=2700 # seconds for everything

# What tasks run: the first of task 2 comes to a halt when its part is complete
# and not yet in place; the others wait while there is a file `hold'.
cat >bin/nightcast <<-END
	#!/bin/bash
	if [ -e "$work/hold" ] && [ -n "\${SLURM_ARRAY_TASK_ID:-}" ]; then
		if [ "\$SLURM_ARRAY_TASK_ID" = 2 ] && [ ! -e "$work/halted" ]; then
			export FAULT=halt:1 FAULT_FILE="$work/halted"
			export LD_PRELOAD="$work/fault.so"
			exec "$nightcast" "\$@"
		fi
		while [ -e "$work/hold" ]; do sleep 0.2; done
	fi
	exec "$nightcast" "\$@"
END
chmod 755 bin/nightcast

free_port() { # the first of which nobody answers, from $1 on
	local port=$1
	while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}
write_configuration() {
	local host base=$((20000 + RANDOM % 8000)) # below those given to clients
	host=$(hostname -s)
	cat >slurm.conf <<-END
		ClusterName=nightcast
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=$(free_port $base)
		SlurmUser=root
		AuthType=auth/munge
		AuthInfo=socket=$work/munge/socket
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
		MinJobAge=86400
		SlurmdTimeout=0
		MessageTimeout=100
		TCPTimeout=100
		BatchStartTimeout=$LIMIT
		UnkillableStepTimeout=$LIMIT
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
	local file pid
	for file in $pids; do
		[ -s "$file" ] || continue
		pid=$(<"$file")
		kill "$pid"
		for _ in $(seq 100); do
			kill -0 "$pid" || break
			sleep 0.1
		done
		kill -KILL "$pid"
	done
	chmod -R u+w "$work"
	rm -rf "$work"
} 2>/dev/null
# until_so COMMAND...: tried until it succeeds
until_so() {
	while ! "$@"; do
		[ $SECONDS -lt $LIMIT ] || {
			[ $failures -eq 0 ] || finish
			skip "not within $LIMIT s: $*; $(squeue 2>&1 | tail -n +2 |
				tr -s ' ' | tr '\n' ';')"
		}
		sleep 0.2
	done
}
nodes_are_idle() { [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 2 ]; }
# of JOB FIELD: what `scontrol show job' has there, asked until there is an answer
of() {
	local said
	for _ in {1..20}; do
		said=$(scontrol -o show job "$1" 2>/dev/null) && break
		sleep 1
	done
	sed -n "s/.* $2=\([^ ]*\).*/\1/p" <<<"$said" | tail -n 1
}
state_of() { of "$1" JobState; }
has_ended() { case $(state_of "$1") in COMPLETED | FAILED | CANCELLED | TIMEOUT | BOOT_FAIL | DEADLINE | OUT_OF_MEMORY) ;; *) false ;; esac; }
# ended ID STATE: waits for the end, which is that
ended() {
	until_so has_ended "$1"
	[ "$(state_of "$1")" = "$2" ]
}
node_is() { sinfo -h -n "$1" -o %T | grep -q "^$2"; }
all_ended() { local left; left=$(squeue -h) && [ -z "$left" ]; }
id_of() { sed -n 's/Submitted batch job //p'; }
one_is_fatal() { grep -hs fatal: log/slurmctld log/slurmd.*; }

pids=
trap stop_all EXIT # in place of setup.bash's
trap 'exit 143' TERM INT HUP
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
until nodes_are_idle; do
	[ $SECONDS -lt 600 ] && ! one_is_fatal >said ||
		skip "no idle nodes: $(tail -qn 1 said log/slurmctld log/slurmd.* | tr '\n' ' ')"
	sleep 0.2
done
echo "$(slurmd -V), two nodes"

cd night || exit 1
cp ../shown/*.sh .
../generate -n $SERIES --min 60 --max 120 --clean >sales.csv
"$nightcast" forecast -q -H 14 sales.csv -o ../single.csv || fail "a single run"

# one part cannot be written
mkdir part5.csv
touch ../hold
merge=$(bash night.sh | id_of)
[ -n "$merge" ] || skip "nothing can be submitted: $(sinfo 2>&1 | tail -n 1)"
parts=$((merge - 1)) # the jobs before it are the array, and learning
ended $((merge - 2)) COMPLETED && [ -s learned.txt ] ||
	fail "learn: $(state_of $((merge - 2))): $(cat slurm-*.out)"
# another is killed, and put back; a node is drained while it works
until_so test -e ../halted
until_so scancel --signal=KILL --full ${parts}_2
until_so has_ended ${parts}_2
[ "$(state_of ${parts}_2)" != COMPLETED ] ||
	fail "task 2: $(state_of ${parts}_2)"
[ ! -e part2.csv ] || fail "a killed task has written its part"
until_so scontrol requeue ${parts}_2
until_so node_is two alloc
until_so scontrol update NodeName=two State=DRAIN Reason=test
until_so node_is two draining
before=$(state_of ${parts}_8)
rm ../hold
until_so node_is two drained
until_so has_ended "$merge"
[ "$before" = PENDING ] && [ "$(of ${parts}_8 NodeList)" = one ] ||
	fail "task 8, $before before, ran on a node that was drained"
until_so scontrol update NodeName=two State=RESUME
[ "$(of ${parts}_2 Restarts)" = 1 ] || fail "task 2 was not put back"
[ "$(state_of ${parts}_5)" = FAILED ] || fail "task 5: $(state_of ${parts}_5)"
for k in 1 2 3 4 6 7 8; do
	[ "$(state_of ${parts}_$k)" = COMPLETED ] ||
		fail "task $k: $(state_of ${parts}_$k): $(cat slurm-${parts}_$k.out)"
done
[ "$(state_of "$merge")" = FAILED ] && [ "$(grep -v nightcast: slurm-$merge.out | head -n 1)" = 5 ] ||
	fail "merge without a part: $(cat slurm-$merge.out)"
[ ! -e forecasts.csv ] || fail "forecasts of seven parts of eight"

rmdir part5.csv
merge=$(bash again.sh | id_of)
ended "$merge" COMPLETED || fail "merge, again: $(cat slurm-$merge.out)"
cmp forecasts.csv ../single.csv || fail "other forecasts than a single run's"
cp part3.csv kept.csv
again=$(sbatch --parsable --array=3 parts.sh)
ended "${again}_3" COMPLETED || fail "task 3, again"
cmp part3.csv kept.csv || fail "a part's second run has other bytes"

# ranks of a step instead of an array
srun -n 4 nightcast forecast -q -H 3 -m naive --shard auto \
	"$project/data/monthly.csv" -o 'rank{K}.csv' 2>said || {
	grep -q nightcast: said || skip "srun: $(head -n 1 said)"
	fail "srun -n 4: $(cat said)"
}
nightcast forecast -q -H 3 -m naive "$project/data/monthly.csv" -o ../ranks.csv
nightcast merge -q rank?.csv | cmp - ../ranks.csv || fail "the ranks of srun"
# and an array whose tasks have several ranks is refused
both=$(sbatch --parsable --array=1-2 -n 2 --wrap "srun nightcast forecast -q \
	-H 3 -m naive --shard auto $project/data/monthly.csv -o 'both{K}.csv'")
until_so all_ended
grep -q 'SLURM_ARRAY_TASK_ID=1 and SLURM_PROCID=' "slurm-${both}_1.out" ||
	fail "tasks of two ranks: $(tail -n 2 "slurm-${both}_1.out")"
echo "$SERIES series in 8 parts on 2 nodes: one killed and put back, one run again"
echo "$((failures == 0)) passed, $failures failed"
finish
