-- Every reading is of an entry.
select entry_id, outcome from base.readings where entry_id not in (select entry_id from base.entries);
