package sendgridsim

import (
	"slices"
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// Tables shows the authenticated domains of all users, and the records that they need.
func (s *Service) Tables() ([]simulation.Table, error) {
	domains := simulation.Table{Title: "Sender domains", Columns: []string{"Id", "Domain", "Valid", "Default", "User", "Region"}}
	records := simulation.Table{Title: "Records that they need", Columns: []string{"Name", "Type", "Value", "Found"}}
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			domains.Rows = append(domains.Rows, []string{
				strconv.FormatInt(d.ID, 10), d.Subdomain + "." + d.Domain, simulation.YesNo(d.Valid), simulation.YesNo(d.Default), d.Owner, d.Region,
			})
			for _, r := range d.records() {
				records.Rows = append(records.Rows, []string{r.host, r.kind, r.data, simulation.YesNo(slices.Contains(d.Found, r.purpose))})
			}
		}
		return nil
	})
	return []simulation.Table{domains, records}, err
}
