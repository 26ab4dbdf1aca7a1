package estate

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"

// joinSPF leaves out each SPF record that another one of the same name contains. Several resources
// may have a part in one record, and each of them has the record in the state as it was after its
// own last write.
func (d *Domain) joinSPF() {
	var spf []int
	for i, r := range d.Records {
		if r.Type == "TXT" && mailrecord.IsSPF(r.Value) {
			spf = append(spf, i)
		}
	}
	covered := map[int]bool{}
	for _, i := range spf {
		for _, j := range spf {
			if i != j && d.Records[i].Name == d.Records[j].Name && contains(d.Records[j].Value, d.Records[i].Value) &&
				(j < i || !contains(d.Records[i].Value, d.Records[j].Value)) { // of two that say the same, the first one stays
				covered[i] = true
			}
		}
	}
	kept := make([]*Record, 0, len(d.Records))
	for i, r := range d.Records {
		if !covered[i] {
			kept = append(kept, r)
		}
	}
	d.Records = kept
}

func contains(spf, part string) bool {
	contained, err := mailrecord.ContainsSPF(spf, part)
	return err == nil && contained
}
