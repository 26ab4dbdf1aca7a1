package main

import "fmt"

// Goals of no-op plans.
const (
	// cpuGoal is the most CPU time of the provider's own for an object, in milliseconds.
	cpuGoal = 1.0
	// idleGoal is the most time of a plan, in parts of that with a provider that does nothing.
	idleGoal = 1.2
	// fewestObjects is the size from which cases have goals. Below, most of the time goes into the
	// start of Terraform and of the provider's three processes.
	fewestObjects = 300
)

// goal is a target of a no-op plan that depends on how busy the machine is.
type goal struct {
	what           string
	measured, most float64
	unit           string
}

func (g goal) kept() bool { return g.measured <= g.most }

func (g goal) show(value float64) string { return fmt.Sprintf("%.2f%s", value, g.unit) }

// verdict says whether a goal was kept. A goal that was missed on a busy machine may be kept on a
// quiet one.
func (g goal) verdict(quiet bool) string {
	if !g.kept() && !quiet {
		return "missed on a busy machine"
	}
	return verdict(g.kept())
}

// goals returns the goals of a no-op plan, as far as they were measured. Other cases, and small ones,
// have none.
func (r result) goals() []goal {
	if r.goal > 0 {
		return []goal{{"time", r.subject.seconds, r.goal.Seconds(), " s"}}
	}
	if r.operation != planNothing || r.world.objects < fewestObjects {
		return nil
	}
	goals := []goal{{"time, in parts of an idle provider's", r.subject.seconds / r.idle.seconds, idleGoal, ""}}
	if r.subject.cpuSeconds > 0 {
		goals = append(goals, goal{"the provider's CPU an object", r.cpuAnObject(r.subject), cpuGoal, " ms"})
	}
	return goals
}

// cpuAnObject returns the CPU time of a provider for each object of a case, in milliseconds.
func (r result) cpuAnObject(s sample) float64 { return 1000 * s.cpuSeconds / float64(r.world.objects) }

func milliseconds(value float64) string {
	if value == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f ms", value)
}
