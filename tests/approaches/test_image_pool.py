import torch

from c2c.approaches.image_pool import ImagePool


def image(value):
    return torch.full((1, 3, 2, 2), float(value))


def test_a_pool_of_none_hands_back_what_is_new():
    pool = ImagePool(0)

    assert [pool.query(image(number)).mean().item() for number in range(5)] == [0, 1, 2, 3, 4]
    assert pool.images == []


def test_a_pool_that_is_not_full_keeps_a_copy_and_hands_back_what_is_new():
    pool, given = ImagePool(3), [image(number) for number in range(3)]

    assert [pool.query(one).mean().item() for one in given] == [0, 1, 2]
    given[0].zero_().sub_(9)

    assert [kept.mean().item() for kept in pool.images] == [0, 1, 2]


def test_a_full_pool_hands_back_an_older_image_half_of_the_time_and_puts_the_new_in_its_place():
    pool = ImagePool(5)
    for number in range(5):
        pool.query(image(number))
    older = 0
    for number in range(5, 405):
        before = [kept.mean().item() for kept in pool.images]
        found = pool.query(image(number)).mean().item()
        after = [kept.mean().item() for kept in pool.images]
        if found == number:
            assert after == before
        else:
            older += 1
            assert after == [number if kept == found else kept for kept in before]

    assert 150 < older < 250


def test_a_batch_is_exchanged_picture_by_picture():
    pool = ImagePool(2)

    found = pool.query(torch.cat([image(1), image(2), image(3)]))

    assert found.shape == (3, 3, 2, 2)
    assert found[:2, 0, 0, 0].tolist() == [1, 2]
    assert found[2, 0, 0, 0].item() in (1, 2, 3)


def test_no_gradient_flows_through_the_pool():
    generated = image(1).requires_grad_(True)

    assert not ImagePool(2).query(generated).requires_grad
