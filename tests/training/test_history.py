from homespun.training import EpochRecord, history_to_csv


def test_csv_keeps_every_digit_and_leaves_gaps_empty():
    record = EpochRecord(1, 0.1, 1 / 3, 0.5, 0.0, None, None)
    head, row = history_to_csv([record]).splitlines()
    assert head == "epoch,lr,loss,accuracy,penalty,validation_loss,validation_accuracy"
    assert row == "1,0.1,0.3333333333333333,0.5,0.0,,"
