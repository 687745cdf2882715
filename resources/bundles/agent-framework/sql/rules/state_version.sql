-- Every checkpoint, old or new, says which form its state has.
SELECT thread_id, checkpoint_id FROM checkpoints WHERE state_version IS NULL OR state_version NOT IN ('1.0', '2.0')
